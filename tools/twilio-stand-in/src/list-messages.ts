import { messageResource, type Message } from './message.js';

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1000;

/**
 * The list of messages, the newest first, in pages. DateSent takes `YYYY-MM-DD` for a day of UTC, and with `<` or `>`
 * at the end of its name a bound that lies within; of a point in time its day counts. A message that was not sent yet
 * has no such date and is in none of these lists.
 * See https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources.
 */
export function listMessages(messages: readonly Message[], query: URLSearchParams, accountSid: string) {
  const pageSize = Math.min(MAX_PAGE_SIZE, wholeNumber(query.get('PageSize')) || DEFAULT_PAGE_SIZE);
  const page = wholeNumber(query.get('Page'));
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

function matches({ to, from, sentAt }: Message, query: URLSearchParams): boolean {
  if (query.has('To') && query.get('To') !== to) return false;
  if (query.has('From') && query.get('From') !== from) return false;
  const day = sentAt?.toISOString().slice(0, 10);
  const fits = (name: string, isFine: (sent: string, bound: string) => boolean): boolean => {
    const bound = query.get(name);
    return bound === null || (day !== undefined && isFine(day, bound.slice(0, 10)));
  };
  return (
    fits('DateSent', (sent, bound) => sent === bound) &&
    fits('DateSent>', (sent, bound) => sent >= bound) &&
    fits('DateSent<', (sent, bound) => sent <= bound)
  );
}

const wholeNumber = (text: string | null) => (text !== null && /^\d{1,6}$/.test(text) ? Number(text) : 0);
