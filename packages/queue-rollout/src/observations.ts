import { getsAdds } from './decide.js';
import type { Side } from './route.js';

/** What one process has seen of a queue on each side, and what it has done there since. */
export interface Observations {
  /** Whether a side holds work, or may: until its engine has been asked, and while an add is on its way there. */
  holdsWork(side: Side): boolean;
  /** Whether its engine was asked since the flags changed. */
  isAsked(side: Side): boolean;
  /** When it was, as `performance.now()`. */
  askedAtMs(side: Side): number;
  /** The moment at which an engine is asked, to be handed over with what it answers. */
  momentOf(side: Side): number;
  /** Takes note of an answer; answers whether it is news. What was asked before something changed proves nothing empty. */
  observed(side: Side, holdsWork: boolean, moment: number): boolean;
  /** Jobs are on a side, or on their way there. Answers whether that is news. */
  expectWork(side: Side): boolean;
  /** Nothing that was seen says anything any more. */
  forget(): void;
  /** Runs an add: as long as it is on its way, its side counts as holding work. */
  adding<T>(side: Side, add: () => Promise<T>): Promise<T>;
}

/**
 * @param existing the sides there are; one that is missing holds nothing and counts as asked
 * @param onAdded called when an add has ended on a side that gets none by the flags
 */
export function createObservations(
  existing: readonly Side[],
  targetShare: () => number,
  onAdded: (side: Side) => void,
): Observations {
  const hasWork: Record<Side, boolean> = { legacy: false, target: false };
  const asked: Record<Side, boolean> = { legacy: true, target: true };
  const askedAtMs: Record<Side, number> = { legacy: -Infinity, target: -Infinity };
  const moments: Record<Side, number> = { legacy: 0, target: 0 };
  const adds: Record<Side, number> = { legacy: 0, target: 0 };

  return {
    holdsWork: (side) => hasWork[side] || (adds[side] > 0 && !getsAdds(side, targetShare())),
    isAsked: (side) => asked[side],
    askedAtMs: (side) => askedAtMs[side],
    momentOf: (side) => moments[side],
    observed(side, holdsWork, moment) {
      if (!holdsWork && moment !== moments[side]) return false;
      const isNews = hasWork[side] !== holdsWork;
      hasWork[side] = holdsWork;
      asked[side] = true;
      askedAtMs[side] = performance.now();
      return isNews;
    },
    expectWork(side) {
      moments[side] += 1;
      const isNews = !hasWork[side] && !getsAdds(side, targetShare());
      if (isNews) hasWork[side] = true;
      return isNews;
    },
    forget() {
      for (const side of existing) {
        moments[side] += 1;
        hasWork[side] = true;
        asked[side] = false;
      }
    },
    async adding(side, add) {
      adds[side] += 1;
      try {
        return await add();
      } finally {
        adds[side] -= 1;
        // Of an add that failed, too: its engine may have taken it all the same.
        if (!getsAdds(side, targetShare())) onAdded(side);
      }
    },
  };
}
