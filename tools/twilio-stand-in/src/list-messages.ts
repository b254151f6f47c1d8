import { messageResource, type Message } from './message.js';

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1000;

/**
 * The list of messages, the newest first, in pages. DateSent takes `YYYY-MM-DD` for a day of UTC, and with `<` or `>`
 * at the end of its name a bound, also as a point in time; a bound lies within.
 * See https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources.
 */
export function listMessages(messages: readonly Message[], query: URLSearchParams, accountSid: string) {
  const pageSize = Math.min(
    MAX_PAGE_SIZE,
    Number(query.get('PageSize') ?? DEFAULT_PAGE_SIZE) || DEFAULT_PAGE_SIZE,
  );
  const page = Number(query.get('Page') ?? 0) || 0;
  const found = messages.filter((message) => matches(message, query)).reverse();
  const shown = found.slice(page * pageSize, (page + 1) * pageSize);
  const uriOf = (of: number) => {
    const next = new URLSearchParams(query);
    next.set('PageSize', String(pageSize));
    next.set('Page', String(of));
    next.set('PageToken', `PA${shown.at(-1)?.sid ?? ''}`);
    return `/2010-04-01/Accounts/${accountSid}/Messages.json?${next.toString()}`;
  };
  return {
    messages: shown.map((message) => messageResource(message, accountSid)),
    page,
    page_size: pageSize,
    start: page * pageSize,
    end: page * pageSize + Math.max(0, shown.length - 1),
    first_page_uri: uriOf(0),
    previous_page_uri: page > 0 ? uriOf(page - 1) : null,
    next_page_uri: found.length > (page + 1) * pageSize ? uriOf(page + 1) : null,
    uri: uriOf(page),
  };
}

function matches({ to, from, createdAt }: Message, query: URLSearchParams): boolean {
  if (query.has('To') && query.get('To') !== to) return false;
  if (query.has('From') && query.get('From') !== from) return false;
  const day = query.get('DateSent');
  if (day !== null && createdAt.toISOString().slice(0, 10) !== day.slice(0, 10)) return false;
  // Twilio counts in whole seconds.
  const atMs = Math.floor(createdAt.getTime() / 1000) * 1000;
  const after = query.get('DateSent>');
  if (after !== null && atMs < Math.floor(Date.parse(after) / 1000) * 1000) return false;
  const before = query.get('DateSent<');
  return before === null || atMs <= Date.parse(before);
}
