import type { Side } from './route.js';

/** Whether a listener is told that the queue has run dry. */
export interface DrainedNotice {
  /** A job was taken: there is something that can end. */
  taken(): void;
  /** Asks about a side whose engine says that it has run dry. */
  isDue(side: Side): Promise<boolean>;
}

/**
 * A queue is drained when no engine has a job that waits. Each engine says so for itself, and when both run dry
 * together, both find nothing on the other: the listener hears it from the first of them.
 *
 * @param isDrainedBut whether nothing waits on the other side, either
 */
export function createDrainedNotice(isDrainedBut: (side: Side) => boolean | Promise<boolean>): DrainedNotice {
  let toldBy: Side | null = null;
  // An engine that says it twice has its reasons, and whose jobs others take does not say that they were.
  const isTold = (side: Side): boolean => toldBy !== null && toldBy !== side;
  return {
    taken() {
      toldBy = null;
    },
    async isDue(side) {
      if (isTold(side) || !(await isDrainedBut(side)) || isTold(side)) return false;
      toldBy = side;
      return true;
    },
  };
}
