import type { RetryPolicy } from './call-options.js';

/** In ms, before the second, third and fourth try. */
const STANDARD_MS = [1000, 2000, 4000];
/** The longest that a server may make a `standard` call wait before a try. */
const STANDARD_LIMIT_MS = 10_000;
const QUICK_MS = 10;
const QUICK_LIMIT_MS = 50;

/**
 * How long to wait before the next try, or null to give up.
 *
 * @param failures how many there were
 * @param retryAfterMs what the server asks for
 */
export function retryDelayMs(
  policy: RetryPolicy,
  failures: number,
  retryAfterMs: number | null,
): number | null {
  const askedMs = retryAfterMs ?? 0;
  if (policy === 'once-quickly') {
    if (failures > 1 || askedMs > QUICK_LIMIT_MS) return null;
    return Math.max(askedMs, QUICK_MS);
  }
  const delayMs = policy === 'standard' ? STANDARD_MS[failures - 1] : undefined;
  return delayMs === undefined || askedMs > STANDARD_LIMIT_MS ? null : Math.max(askedMs, delayMs);
}

/**
 * `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), in ms from now; null for anything else. A date is measured by
 * the server's own clock where it tells it.
 */
export function readRetryAfter(
  value: string | undefined,
  serverDate: string | undefined,
  nowMs: number,
): number | null {
  const text = value?.trim();
  if (!text) return null;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Date.parse takes much for a date, such as "1.5".
  const atMs = /^[A-Za-z].* \d{2}:\d{2}:\d{2} /.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(atMs)) return null;
  const serverMs = Date.parse(serverDate ?? '');
  return Math.max(0, atMs - (Number.isNaN(serverMs) ? nowMs : serverMs));
}
