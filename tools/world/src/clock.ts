import { createHash } from 'node:crypto';

/** The world's own time: it passes when it is told to. */
export interface Clock {
  readonly now: () => Date;
  pass(ms: number): void;
  /** Does nothing where that is past. */
  passUntil(at: Date): void;
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The Monday before the clocks change in Europe; two weeks after they did in America. */
export const START = new Date('2026-03-23T12:00:00Z');

export function createClock(start: Date): Clock {
  let nowMs = start.getTime();
  return {
    now: () => new Date(nowMs),
    pass: (ms) => void (nowMs += ms),
    passUntil: (at) => void (nowMs = Math.max(nowMs, at.getTime())),
  };
}

/** UUIDs, the same for the same seed. */
export function createIds(seed: number): () => string {
  let count = 0;
  return () => {
    const hex = createHash('sha256').update(`${seed} id ${++count}`).digest('hex');
    const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) % 4);
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      `4${hex.slice(13, 16)}`,
      `${variant}${hex.slice(17, 20)}`,
      hex.slice(20, 32),
    ].join('-');
  };
}
