import { InvalidOptionError } from './errors.js';
import type { JobReference } from './job.js';

/** Waits are at most this long, a little under 25 days: the longest that a timer can be set for. */
export const MAX_WAIT_MS = 2 ** 31 - 1;

/**
 * Checks what a caller hands to `waitForEnd`: a job of this queue, by its reference or its id, and a limit.
 *
 * @throws InvalidOptionError
 */
export function resolveWait(
  queue: string,
  job: JobReference | string,
  options: { readonly timeoutMs: number },
): { readonly id: string; readonly timeoutMs: number } {
  const timeoutMs = (options as { readonly timeoutMs: number } | undefined)?.timeoutMs;
  if (!(typeof timeoutMs === 'number' && timeoutMs > 0 && timeoutMs <= MAX_WAIT_MS)) {
    throw new InvalidOptionError(
      `timeoutMs of waitForEnd of queue "${queue}"`,
      timeoutMs,
      `more than 0, at most ${MAX_WAIT_MS}`,
    );
  }
  if (typeof job === 'string') return { id: job, timeoutMs };
  if (job.queue !== queue) throw new InvalidOptionError(`queue of job "${job.id}"`, job.queue, `"${queue}"`);
  return { id: job.id, timeoutMs };
}
