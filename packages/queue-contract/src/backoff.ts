import type { Backoff } from './job-options.js';

/**
 * The wait in ms before the next attempt: `fixed` d, `exponential` 2ⁿ⁻¹ · d, `custom` what the queue's function
 * answers (less than 0 or no number counts as 0).
 *
 * @param attemptsMade n, the attempts made so far, 1 or more
 */
export function backoffDelayMs(
  backoff: Backoff | undefined,
  attemptsMade: number,
  error: Error,
  custom?: (attemptsMade: number, error: Error) => number,
): number {
  if (backoff === undefined) return 0;
  if (backoff.type === 'fixed') return backoff.delayMs;
  if (backoff.type === 'exponential') return 2 ** (attemptsMade - 1) * backoff.delayMs;
  const delayMs = custom?.(attemptsMade, error) ?? 0;
  return delayMs > 0 ? delayMs : 0;
}
