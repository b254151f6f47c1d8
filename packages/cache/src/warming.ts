import { wholeNumber } from './entries.js';

export interface WarmReport {
  /** Fetched and written. */
  readonly warmed: number;
  /** Was there already. */
  readonly skipped: number;
  /** In the order in which they failed; `task` is what was handed in. */
  readonly failed: readonly { readonly task: number; readonly reason: unknown }[];
}

export interface WarmOptions {
  /** Fetches at once: 1 to 100. Default 4. */
  readonly concurrency?: number;
}

export type WarmResult = 'warmed' | 'skipped';

/** @throws InvalidCacheOptionError */
export async function warmAll(
  tasks: readonly (() => Promise<WarmResult>)[],
  { concurrency = 4 }: WarmOptions,
): Promise<WarmReport> {
  wholeNumber('concurrency', concurrency, 1, 100);
  const counts = { warmed: 0, skipped: 0 };
  const failed: { task: number; reason: unknown }[] = [];
  const queue = tasks.entries();
  const worker = async () => {
    for (const [task, run] of queue) {
      try {
        counts[await run()]++;
      } catch (reason) {
        failed.push({ task, reason });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, tasks.length) }, worker));
  return { ...counts, failed };
}
