import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for the work's end, good or bad, but no longer than `limitMs`; answers whether it came. */
export async function settledWithin(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  const limit = new AbortController();
  const late = sleep(limitMs, false, { signal: limit.signal }).catch(() => false);
  const ended = work.then(
    () => true,
    () => true,
  );
  const inTime = await Promise.race([ended, late]);
  limit.abort();
  return inTime;
}
