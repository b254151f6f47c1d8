import twilio from 'twilio';

/** What is known of a request of Twilio's library that failed. */
export type Failure =
  /** Twilio said no. */
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly providerCode?: number;
      readonly retryAfterMs?: number;
    }
  /** No usable answer; `sent` is false where the request surely never arrived. */
  | {
      readonly kind: 'no-answer';
      readonly problem: string;
      readonly sent: boolean;
      readonly status?: number;
    };

/** Of Node: looking up a name, and connecting. Anything later may have carried the request. */
const BEFORE_SENDING = new Set(['connect', 'getaddrinfo']);
const DAY_MS = 86_400_000;

/** @param retryAfter the header, in seconds */
export function readFailure(error: unknown, retryAfter?: string): Failure {
  if (error instanceof twilio.RestException) {
    const { status, code } = error;
    const hasCode = typeof code === 'number';
    // An answer that is no word of Twilio's may come from anything between here and there.
    if (status < 400 || ((status >= 500 || status === 408) && !hasCode))
      return { kind: 'no-answer', problem: `HTTP ${status}`, sent: true, status };
    const seconds = retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined;
    return {
      kind: 'refused',
      status,
      ...(hasCode && { providerCode: code }),
      ...(seconds !== undefined && { retryAfterMs: Math.min(seconds * 1000, DAY_MS) }),
    };
  }
  const { code, cause = error } = (error ?? {}) as { code?: unknown; cause?: unknown };
  const problem = typeof code === 'string' && /^[A-Z][A-Z_\d]{2,40}$/.test(code) ? code : 'unknown';
  return { kind: 'no-answer', problem, sent: !isBeforeSending(cause) };
}

/** A name with several addresses fails with an error for each. */
function isBeforeSending(cause: unknown): boolean {
  const { syscall, errors } = (cause ?? {}) as { syscall?: unknown; errors?: unknown };
  if (Array.isArray(errors) && errors.length > 0) return errors.every(isBeforeSending);
  return typeof syscall === 'string' && BEFORE_SENDING.has(syscall);
}
