import type { Clock } from '../src/clock.js';

/** A clock whose time passes when a spec says so. */
export interface ManualClock extends Clock {
  advance(byMs: number): void;
  /** The delays of the timers that are set. */
  delaysMs(): number[];
}

export function createManualClock(): ManualClock {
  let nowMs = 0;
  const timers = new Set<{ atMs: number; task: () => void }>();
  return {
    nowMs: () => nowMs,
    after(delayMs, task) {
      const timer = { atMs: nowMs + delayMs, task };
      timers.add(timer);
      return { cancel: () => timers.delete(timer) };
    },
    soon: (task) => task(),
    advance(byMs) {
      const endMs = nowMs + byMs;
      for (;;) {
        const [next] = [...timers].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
        if (!next) break;
        timers.delete(next);
        nowMs = Math.max(nowMs, next.atMs);
        next.task();
      }
      nowMs = endMs;
    },
    delaysMs: () => [...timers].map(({ atMs }) => atMs - nowMs),
  };
}
