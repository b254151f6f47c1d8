import { Temporal } from 'temporal-polyfill';

/** What a notification tells. Instants are ISO 8601 in UTC: it is kept as JSON. */
export type NotificationContent =
  | {
      readonly kind: 'suggestion-reminder';
      readonly suggestionId: string;
      readonly contactName: string;
      readonly startsAt: string;
      /** 1 for the first reminder. */
      readonly round: number;
    }
  | {
      readonly kind: 'reconnect-account';
      readonly accountId: string;
      readonly accountName: string;
      readonly round: number;
    };

const MAX_NAME_CHARACTERS = 40;

/**
 * One line for a person, without a full stop: `Call Ada Lovelace today at 17:00`. Kinds that this version does not
 * know, or content that is damaged, give `undefined`: rows outlive versions.
 */
export function describeContent(content: unknown, now: Date, timeZone: string): string | undefined {
  if (!isObject(content)) return undefined;
  if (content.kind === 'suggestion-reminder') {
    const when = typeof content.startsAt === 'string' && describeTime(content.startsAt, now, timeZone);
    const name = shortName(content.contactName);
    return when && name ? `Call ${name} ${when}` : undefined;
  }
  if (content.kind === 'reconnect-account') {
    const name = shortName(content.accountName);
    return name && `Reconnect ${name}, it is no longer in sync`;
  }
  return undefined;
}

/** `today at 17:00`, `tomorrow at 09:30`, else `on Tue 10 Mar at 09:30`; nothing for what has begun. */
function describeTime(instant: string, now: Date, timeZone: string): string | undefined {
  const startMs = Date.parse(instant);
  if (Number.isNaN(startMs) || startMs < now.getTime()) return undefined;
  const local = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone);
  const start = local(startMs);
  const days = local(now.getTime()).toPlainDate().until(start.toPlainDate()).days;
  const day =
    days === 0
      ? 'today'
      : days === 1
        ? 'tomorrow'
        : `on ${WEEKDAYS[start.dayOfWeek - 1]} ${start.day} ${MONTHS[start.month - 1]}`;
  return `${day} at ${start.toPlainTime().toString({ smallestUnit: 'minute' })}`;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A name as others typed it: without control characters and line ends, and no longer than a message bears. */
function shortName(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const characters = [...value.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()];
  if (characters.length === 0) return undefined;
  if (characters.length <= MAX_NAME_CHARACTERS) return characters.join('');
  return `${characters.slice(0, MAX_NAME_CHARACTERS - 3).join('')}...`;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
