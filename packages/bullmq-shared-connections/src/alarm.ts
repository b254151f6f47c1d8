import type { Clock } from './clock.js';

/** The longest delay a Node timer takes: a longer one would overflow and fire at once (about 24.8 days). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** One timer for the earliest of many moments, however far away. */
export interface Alarm {
  /**
   * Rings at `atMs` of the clock, never before, instead of at any moment set earlier. `Infinity` is never.
   */
  set(atMs: number): void;
  clear(): void;
}

export function createAlarm(ring: () => void, clock: Clock): Alarm {
  let ringAtMs = Infinity;
  let timer: { cancel(): void } | undefined;

  const arm = () => {
    timer?.cancel();
    timer = undefined;
    if (ringAtMs === Infinity) return;
    const delayMs = Math.min(Math.max(Math.ceil(ringAtMs - clock.nowMs()), 0), LONGEST_TIMER_MS);
    timer = clock.after(delayMs, () => {
      // A timer may be early by a fraction of a millisecond, or have been cut at the longest delay.
      if (clock.nowMs() < ringAtMs) return arm();
      timer = undefined;
      ringAtMs = Infinity;
      ring();
    });
  };

  return {
    set(atMs) {
      if (atMs === ringAtMs) return;
      ringAtMs = atMs;
      arm();
    },
    clear() {
      ringAtMs = Infinity;
      arm();
    },
  };
}
