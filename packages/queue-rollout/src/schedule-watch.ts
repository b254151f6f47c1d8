import type { EngineQueue } from '@switchyard/queue-contract';
import { schedulesAreAstray } from './schedule-moves.js';

/** Looks, not too often, whether any schedule of a queue is somewhere else than at home. */
export interface ScheduleWatch {
  /** Whatever was seen says nothing any more: a process may have died while it moved them. */
  forget(): void;
  /** @param mayBeAway whether the other side may hold work, of which schedules are a part */
  areAstray(home: EngineQueue, away: EngineQueue, mayBeAway: boolean): Promise<boolean>;
}

/** @param restMs how often others' moves are looked for, in ms, while nothing is forgotten */
export function createScheduleWatch(restMs: number): ScheduleWatch {
  let isUnseen = true;
  let seenAtMs = -Infinity;
  return {
    forget() {
      isUnseen = true;
    },
    async areAstray(home, away, mayBeAway) {
      const isTime = performance.now() - seenAtMs >= restMs;
      if (isTime) seenAtMs = performance.now();
      if (!isUnseen && !(isTime && mayBeAway)) return false;
      isUnseen = false; // before the look: when the flags change meanwhile, it says nothing
      // An engine that holds no work holds no schedules, and need not be there to say so.
      return mayBeAway ? schedulesAreAstray(home, away) : (await home.schedules.suspended()).length > 0;
    },
  };
}
