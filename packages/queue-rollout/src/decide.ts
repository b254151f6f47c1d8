import { homeSide, otherSide, type Side } from './route.js';
import type { QueuePhase } from './queue-status.js';
import { SIDES } from './sides.js';

/** What is known of one queue at one moment, in this process. */
export interface QueueObservation {
  /** What the flags want: percent of adds that go to the target, 0 to 100. */
  readonly targetShare: number;
  /** Whether this process has handlers for the queue. One that only adds never consumes or moves anything. */
  readonly hasHandlers: boolean;
  /** Anything to run, now or later: jobs that wait, are delayed or active, and schedules. */
  readonly hasWork: Readonly<Record<Side, boolean>>;
  /** By all of its consumers where it has to be, by any of them where it has not. */
  readonly consuming: Readonly<Record<Side, boolean>>;
  /** Whether a schedule is anywhere but active at home: see {@link homeSide}. */
  readonly schedulesAstray: boolean;
}

export type Action =
  /** Before a side that gets adds is consumed beside one that was in use, it is paused if that one is. */
  | { readonly type: 'carry-pause'; readonly from: Side; readonly to: Side }
  | { readonly type: 'start-consumer'; readonly side: Side }
  | { readonly type: 'bring-schedules-home'; readonly home: Side }
  | { readonly type: 'stop-consumer'; readonly side: Side };

/** Whether new jobs may go to a side. */
export function getsAdds(side: Side, targetShare: number): boolean {
  return side === 'target' ? targetShare > 0 : targetShare < 100;
}

/** Whether a side must be consumed: it gets adds, or it holds work that got there in any way. */
export function isOpen(
  side: Side,
  { targetShare, hasWork }: Pick<QueueObservation, 'targetShare' | 'hasWork'>,
): boolean {
  return getsAdds(side, targetShare) || hasWork[side];
}

/**
 * What to do next about one queue. Pure: same observation, same actions; carrying them out and observing again
 * leads, from any state, to one in which nothing is left to do.
 *
 * Consumers start before schedules move, so that what a moved schedule fires finds one; they stop last, and only
 * on a side that gets no adds and holds nothing.
 */
export function decide(observation: QueueObservation): readonly Action[] {
  const { targetShare, hasHandlers, consuming, schedulesAstray } = observation;
  if (!hasHandlers) return [];
  const actions: Action[] = [];
  for (const side of SIDES) {
    if (!isOpen(side, observation) || consuming[side]) continue;
    const from = otherSide(side);
    // Whatever it holds already: an instance that only adds may have been there first.
    if (getsAdds(side, targetShare) && (observation.hasWork[from] || consuming[from]))
      actions.push({ type: 'carry-pause', from, to: side });
    actions.push({ type: 'start-consumer', side });
  }
  if (schedulesAstray) actions.push({ type: 'bring-schedules-home', home: homeSide(targetShare) });
  for (const side of SIDES) {
    if (consuming[side] && !isOpen(side, observation)) actions.push({ type: 'stop-consumer', side });
  }
  return actions;
}

export function phaseOf({
  targetShare,
  hasWork,
}: Pick<QueueObservation, 'targetShare' | 'hasWork'>): QueuePhase {
  if (targetShare >= 100) return hasWork.legacy ? 'draining-legacy' : 'target';
  if (targetShare > 0) return 'canary';
  return hasWork.target ? 'draining-target' : 'legacy';
}
