import { clearTimeout, setTimeout } from 'node:timers';
import { atEndOfTick } from './tick.js';

export interface SharedTimer {
  /** What it was for is over. */
  clear(): void;
}

export interface SharedTimers {
  after(waitMs: number, callback: () => void): SharedTimer;
}

interface Group {
  readonly callbacks: Set<() => void>;
  timer: NodeJS.Timeout;
}

/**
 * Timers of Node, one for all waits of the same length that begin in one tick. One for each call costs more than the rest
 * of a call that shares its request with others; and calls that failed together go out again together.
 */
export function createSharedTimers(): SharedTimers {
  const joinable = new Map<number, Group>();

  function open(waitMs: number): Group {
    const callbacks = new Set<() => void>();
    const timer = setTimeout(() => {
      for (const callback of callbacks) callback();
    }, waitMs);
    const group = { callbacks, timer };
    if (joinable.size === 0) atEndOfTick(() => joinable.clear());
    joinable.set(waitMs, group);
    return group;
  }

  return {
    after(waitMs, callback) {
      const group = joinable.get(waitMs) ?? open(waitMs);
      group.callbacks.add(callback);
      return {
        clear() {
          group.callbacks.delete(callback);
          if (group.callbacks.size > 0) return;
          clearTimeout(group.timer);
          if (joinable.get(waitMs) === group) joinable.delete(waitMs);
        },
      };
    },
  };
}
