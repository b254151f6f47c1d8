/** How long and how often a call may be tried. */
export interface CallBudget {
  /** Tries in all, from 1. Default 5. */
  readonly attempts: number;
  /** For all tries and the waits between them. Default 30 000. */
  readonly totalMs: number;
  /** For one try. Default 10 000. */
  readonly tryMs: number;
}

export const DEFAULT_BUDGET: CallBudget = { attempts: 5, totalMs: 30_000, tryMs: 10_000 };

const BASE_MS = 500;
const LONGEST_MS = 16_000;

/**
 * The wait before the next try: exponential with full jitter (M. Brooker, "Exponential Backoff and Jitter", AWS
 * Architecture Blog, 2015), and never shorter than what was asked for.
 *
 * @param attempt the one that failed, from 1
 * @param random from 0 inclusive to 1 exclusive
 */
export function backoffMs(attempt: number, random: number, askedMs = 0): number {
  const jittered = random * Math.min(LONGEST_MS, BASE_MS * 2 ** (attempt - 1));
  // All who were asked to wait would come back at the same moment.
  return askedMs > 0 ? askedMs + Math.min(jittered, askedMs / 4) : jittered;
}

/**
 * Retry-After in milliseconds: whole seconds, or an HTTP date (RFC 9110, section 10.2.3). Nothing for anything else;
 * what has passed is 0, and more than a day is a day.
 */
export function readRetryAfter(value: string | null | undefined, now: Date): number | undefined {
  if (value === null || value === undefined) return undefined;
  const trimmed = value.trim();
  const atMs = /^[A-Za-z]{3},? /.test(trimmed) ? Date.parse(trimmed) : Number.NaN;
  const ms = /^\d+$/.test(trimmed) ? Number(trimmed) * 1000 : atMs - now.getTime();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), 86_400_000);
}

/** What is to be done about an answer. */
export type Verdict = 'ok' | 'unauthorized' | 'again' | 'later' | 'refused';

const RATE_LIMITED = new Set(['rateLimitExceeded', 'userRateLimitExceeded', 'RATE_LIMIT_EXCEEDED']);
/** These come back with a new day, not with a new try. */
const USED_UP = new Set(['quotaExceeded', 'dailyLimitExceeded', 'QUOTA_EXCEEDED']);

/** See https://developers.google.com/workspace/calendar/api/guides/errors. */
export function judge(status: number, reason: string | undefined): Verdict {
  if (status >= 200 && status < 300) return 'ok';
  if (status === 401) return 'unauthorized';
  if (USED_UP.has(reason ?? '')) return 'later';
  if (status === 429 || status === 408 || status >= 500) return 'again';
  if (status === 403 && RATE_LIMITED.has(reason ?? '')) return 'again';
  return 'refused';
}
