import { getsAdds, isOpen, type Contact } from './decide.js';
import type { Observations } from './observations.js';
import type { Side } from './route.js';

/** Which sides of a queue have to be served, and which of their engines can be asked. */
export interface QueueContact {
  of(side: Side): Contact;
  /** Whether all there is has answered since the flags changed, and can be asked. */
  isSeen(): boolean;
  /** Sides that have to be consumed; see {@link isOpen}. */
  open(): readonly Side[];
  /** Away, and the queue needs nothing of it: it is known to hold no work. */
  leftOut(): readonly Side[];
  /** What it may hold keeps nobody from adding to the other side, least of all who has switched away from it. */
  isGone(side: Side): boolean;
}

export function createQueueContact(
  existing: readonly Side[],
  { holdsWork, isAsked }: Observations,
  targetShare: () => number,
  isAway: (side: Side) => boolean,
): QueueContact {
  const of = (side: Side): Contact => {
    if (!existing.includes(side)) return 'missing';
    if (isAway(side)) return 'away';
    return isAsked(side) ? 'asked' : 'unasked';
  };
  const open = (): readonly Side[] => {
    const hasWork = { legacy: holdsWork('legacy'), target: holdsWork('target') };
    return existing.filter((side) => isOpen(side, { targetShare: targetShare(), hasWork }));
  };
  return {
    of,
    isSeen: () => existing.every((side) => of(side) === 'asked'),
    open,
    leftOut() {
      const opened = open();
      return existing.filter((side) => isAway(side) && !opened.includes(side));
    },
    isGone: (side) => isAway(side) && !getsAdds(side, targetShare()),
  };
}
