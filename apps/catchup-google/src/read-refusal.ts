/** What an answer that is no success says, in whichever of Google's shapes. */
export interface Refusal {
  readonly reason?: string;
  /** What the reason is about, such as `pageToken`. */
  readonly location?: string;
  readonly message: string;
}

/**
 * Reads the older shape of errors (`error.errors[].reason`, Calendar), that of google.rpc.Status with its details
 * (People, Speech) and that of OAuth (RFC 6749, section 5.2). Anything else has no reason.
 */
export function readRefusal(body: string): Refusal {
  const parsed = record(parse(body));
  if (typeof parsed?.error === 'string')
    return { reason: word(parsed.error), message: text(parsed.error_description) };
  const error = record(parsed?.error);
  if (!error) return { message: '' };
  const [first] = list(error.errors);
  const info = list(error.details).find((detail) => word(detail.reason));
  return {
    reason: word(first?.reason) ?? word(info?.reason) ?? word(error.status),
    location: word(first?.location),
    message: text(error.message),
  };
}

/** A word of Google's is shown and stored; whatever looks like more than a word is not. */
const word = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[\w.-]{1,60}$/.test(value) ? value : undefined;

const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 500) : '');

const record = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;

const list = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value)
    ? (value as unknown[]).map(record).filter((item): item is Record<string, unknown> => item !== undefined)
    : [];

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
