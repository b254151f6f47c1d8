import { clearTimeout, setTimeout } from 'node:timers';

/** What is waited for; those made in one tick with the same time share a timer. */
export interface Deadline {
  /** What it was for is over. */
  clear(): void;
}

export interface Deadlines {
  add(timeoutMs: number, onExpired: () => void): Deadline;
  /** Those added later get timers of their own. */
  endTick(): void;
}

/** A timer a call would cost more than the rest of a call that shares its request with fifty others. */
export function createDeadlines(): Deadlines {
  let open = new Map<number, Set<() => void>>();
  const timers = new Map<Set<() => void>, NodeJS.Timeout>();

  return {
    add(timeoutMs, onExpired) {
      let group = open.get(timeoutMs);
      if (group === undefined) {
        const made = new Set<() => void>();
        group = made;
        open.set(timeoutMs, made);
        timers.set(
          made,
          setTimeout(() => {
            timers.delete(made);
            if (open.get(timeoutMs) === made) open.delete(timeoutMs);
            for (const expire of made) expire();
          }, timeoutMs),
        );
      }
      const mine = group;
      mine.add(onExpired);
      return {
        clear() {
          mine.delete(onExpired);
          if (mine.size > 0) return;
          clearTimeout(timers.get(mine));
          timers.delete(mine);
          if (open.get(timeoutMs) === mine) open.delete(timeoutMs);
        },
      };
    },
    endTick() {
      if (open.size > 0) open = new Map();
    },
  };
}
