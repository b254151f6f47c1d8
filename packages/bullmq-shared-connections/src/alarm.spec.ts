import { createManualClock } from '../spec-support/manual-clock.js';
import { createAlarm } from './alarm.js';
import type { Clock } from './clock.js';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('alarm', () => {
  it('rings at its time and only once', () => {
    const clock = createManualClock();
    let rings = 0;
    const alarm = createAlarm(() => (rings += 1), clock);
    alarm.set(100);
    clock.advance(99);
    expect(rings).toBe(0);
    clock.advance(1);
    expect(rings).toBe(1);
    clock.advance(1000);
    expect(rings).toBe(1);
  });

  it('waits 60 days without a timer longer than Node takes', () => {
    const clock = createManualClock();
    let rangAtMs = NaN;
    const alarm = createAlarm(() => (rangAtMs = clock.nowMs()), clock);
    alarm.set(60 * DAY_MS);
    expect(clock.delaysMs()).toEqual([2 ** 31 - 1]);
    clock.advance(59 * DAY_MS);
    expect(rangAtMs).toBeNaN();
    clock.advance(2 * DAY_MS);
    expect(rangAtMs).toBe(60 * DAY_MS);
  });

  it('does not ring early when its timer is', () => {
    const manual = createManualClock();
    const early: Clock = {
      ...manual,
      after: (delayMs, task) => manual.after(Math.max(delayMs - 1, 0.25), task),
    };
    let rangAtMs = NaN;
    const alarm = createAlarm(() => (rangAtMs = manual.nowMs()), early);
    alarm.set(50);
    manual.advance(49.1);
    expect(rangAtMs).toBeNaN();
    manual.advance(10);
    expect(rangAtMs).toBeGreaterThanOrEqual(50);
  });

  it('forgets the earlier moment when set again, and all when cleared', () => {
    const clock = createManualClock();
    const rings: number[] = [];
    const alarm = createAlarm(() => rings.push(clock.nowMs()), clock);
    alarm.set(100);
    alarm.set(20);
    alarm.set(50);
    clock.advance(200);
    expect(rings).toEqual([50]);
    alarm.set(300);
    alarm.clear();
    alarm.set(Infinity);
    clock.advance(1000);
    expect(rings).toEqual([50]);
    expect(clock.delaysMs()).toEqual([]);
  });
});
