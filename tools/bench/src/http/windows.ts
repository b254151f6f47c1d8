import { setTimeout as sleep } from 'node:timers/promises';

/** How long until the given share of the window that the wall clock is in, or of the next one when that is past. */
export function msUntilWindowShare(nowMs: number, windowMs: number, share: number): number {
  const aheadMs = share * windowMs - (nowMs % windowMs);
  return aheadMs > 0 ? aheadMs : aheadMs + windowMs;
}

export function untilWindowShare(windowMs: number, share: number): Promise<void> {
  return sleep(msUntilWindowShare(Date.now(), windowMs, share));
}

/** One call that was admitted: decided at some time in between, by a clock that never steps. */
export interface Admitted {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/**
 * The most calls that were admitted in one window for sure: that began and ended within less than `windowMs`, wherever the
 * window begins. A limiter may have admitted more than that, never fewer.
 */
export function mostInOneWindow(admitted: readonly Admitted[], windowMs: number): number {
  const byEnd = [...admitted].sort((one, other) => one.endedAtMs - other.endedAtMs);
  return Math.max(
    0,
    ...byEnd.map(
      ({ startedAtMs: beginMs }) =>
        byEnd.filter(({ startedAtMs, endedAtMs }) => startedAtMs >= beginMs && endedAtMs < beginMs + windowMs)
          .length,
    ),
  );
}
