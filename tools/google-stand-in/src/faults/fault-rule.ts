/** What can go wrong. The README says what each looks like on the wire. */
export const FAULT_KINDS = [
  'invalid-credentials',
  'access-token-dies',
  'insufficient-permissions',
  'rate-limit-exceeded',
  'user-rate-limit-exceeded',
  'quota-exceeded',
  'too-many-requests',
  'internal-error',
  'bad-gateway',
  'unavailable',
  'not-found',
  'html-error-page',
  'drop-before',
  'drop-after',
  'slow',
  'truncated-json',
  'cut-off',
  'sync-token-expires',
  'page-token-expires',
  'silent-push',
  'repeated-push',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** A fault and what it is aimed at. Every aim that is left out means "any". */
export interface FaultRule {
  readonly kind: FaultKind;
  /** Email or id. */
  readonly user?: string;
  /** Such as `calendar.events.list`; `calendar.*` means everything that begins with `calendar.`. */
  readonly operation?: string;
  /** As in the path; `primary` only meets requests that say `primary`. */
  readonly calendarId?: string;
  /** First page or a later one. */
  readonly page?: 'first' | 'later';
  /** Lets this many requests that are aimed at pass first; 0 by default. */
  readonly skip?: number;
  /** How often it strikes; without end by default. */
  readonly times?: number;
  /** The share of requests it strikes, 0 to 1 (default), drawn by seed. */
  readonly share?: number;
  /** Seconds in Retry-After, for `too-many-requests` (default 1) and `unavailable` (default none). */
  readonly retryAfterSeconds?: number;
  /** For `slow`, 0 to 600 000; default 1000. */
  readonly delayMs?: number;
  /** For `html-error-page`; default 502. */
  readonly status?: number;
}

/** What a fault is aimed at, of one request. */
export interface FaultTarget {
  readonly userId?: string;
  readonly email?: string;
  readonly operation: string;
  readonly calendarId?: string;
  /** Whether it carries an access, page or sync token. */
  readonly carries: { readonly access: boolean; readonly page: boolean; readonly sync: boolean };
}
