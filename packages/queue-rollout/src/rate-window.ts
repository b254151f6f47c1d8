import type { RateLimit } from '@switchyard/queue-contract';

/** A sliding window: at most `limit.max` starts in any `limit.durationMs`. */
export interface RateWindow {
  /** Ms until it admits another start, 0 when it does now. */
  throttledForMs(): number;
  start(): void;
}

/** @param now monotonic clock in ms */
export function createRateWindow(limit: RateLimit, now = () => performance.now()): RateWindow {
  /** When the last `limit.max` jobs started, oldest first. */
  const starts: number[] = [];
  return {
    throttledForMs() {
      if (starts.length < limit.max) return 0;
      return Math.max(0, starts[0]! + limit.durationMs - now());
    },
    start() {
      starts.push(now());
      if (starts.length > limit.max) starts.shift();
    },
  };
}

/** One window for each limit, which all share who have that limit. */
export function createRateWindows(): (limit: RateLimit) => RateWindow {
  const windows = new Map<string, RateWindow>();
  return (limit) => {
    const key = `${limit.max}/${limit.durationMs}`;
    const window = windows.get(key) ?? createRateWindow(limit);
    windows.set(key, window);
    return window;
  };
}
