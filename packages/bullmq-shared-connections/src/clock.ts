import { performance } from 'node:perf_hooks';
import timers from 'node:timers';

/**
 * Time as this package reads it. Moments are milliseconds of a clock that never jumps; they mean nothing
 * elsewhere.
 */
export interface Clock {
  nowMs(): number;
  /** Runs `task` once, after at least `delayMs` (at most 2^31 - 1). The timer keeps no process alive. */
  after(delayMs: number, task: () => void): { cancel(): void };
  /** Runs `task` once what is already in the event loop's queue has run. */
  soon(task: () => void): void;
}

// Taken when the module loads and from `node:timers`: a user's fake timers (Jest, Sinon) replace the globals,
// and a worker of theirs must still be woken.
const { setTimeout: startTimer, clearTimeout: cancelTimer, setImmediate: runSoon } = timers;
const nowMs = performance.now.bind(performance);

export const realClock: Clock = {
  nowMs,
  after(delayMs, task) {
    const timer = startTimer(task, delayMs);
    timer.unref();
    return { cancel: () => cancelTimer(timer) };
  },
  soon(task) {
    runSoon(task);
  },
};

/** Resolves with the promise, or after `limitMs`, whichever is first. Never rejects. */
export function within(limitMs: number, promise: Promise<unknown>, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const limit = clock.after(limitMs, resolve);
    const done = () => {
      limit.cancel();
      resolve();
    };
    promise.then(done, done);
  });
}
