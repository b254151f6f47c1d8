import type { Side } from './route.js';
import { onSide, type Sides } from './sides.js';

/** Whether a listener is told that the queue has run dry. */
export interface DrainedNotice {
  /** A job waits, or was taken: there is something to run dry of. */
  hasJobs(): void;
  /** Asks about a side whose engine says that it has run dry. */
  isDue(side: Side): Promise<boolean>;
}

/** How long after the one side the other may say it of the same jobs: what engines tell takes its time. */
const TOGETHER_MS = 1000;

/**
 * A queue is drained when no engine has a job that waits. Each engine says so for itself, and when both run dry
 * together, both find nothing on the other: the listener hears it from the first of them.
 *
 * @param isDrainedBut whether nothing waits on the other side, either
 */
export function createDrainedNotice(isDrainedBut: (side: Side) => boolean | Promise<boolean>): DrainedNotice {
  let toldBy: Side | null = null;
  let toldAtMs = -Infinity;
  // An engine that says it twice has its reasons. Not every job is heard of, so that it ends by itself, too: to be
  // told twice does less harm than not to be told.
  const isTold = (side: Side): boolean =>
    toldBy !== null && toldBy !== side && performance.now() - toldAtMs < TOGETHER_MS;
  return {
    hasJobs() {
      toldBy = null;
    },
    async isDue(side) {
      if (isTold(side) || !(await isDrainedBut(side)) || isTold(side)) return false;
      toldBy = side;
      toldAtMs = performance.now();
      return true;
    },
  };
}

/** Looks whether nothing waits on the sides that are open, but for one that is known to have run dry. */
export function createDrainedLook(
  sides: Sides,
  openSides: () => readonly Side[],
): (but: Side) => boolean | Promise<boolean> {
  return (but) => {
    const others = openSides().filter((open) => open !== but);
    if (others.length === 0) return true;
    return Promise.all(others.map((other) => onSide(sides, other).inspector.counts())).then((counts) =>
      counts.every(({ waiting }) => waiting === 0),
    );
  };
}
