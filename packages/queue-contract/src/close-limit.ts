import { MAX_WAIT_MS } from './wait-request.js';

/**
 * For how long to set the timer of a close: what no timer can be set for, `Infinity` among it, is the longest that one
 * can be, a little under 25 days; less than 0, and what is no number, is 0. Nothing is refused: whoever closes is on
 * the way out, and must not be left with what was to be closed.
 */
export function closeLimitMs(timeoutMs: number): number {
  return Math.min(Math.max(timeoutMs, 0) || 0, MAX_WAIT_MS);
}
