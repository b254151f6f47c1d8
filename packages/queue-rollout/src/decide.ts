import { homeSide, otherSide, type Side } from './route.js';
import type { QueuePhase } from './queue-status.js';
import { SIDES } from './sides.js';

/**
 * Whether an engine has answered since the flags changed: it has, it will soon, it cannot be asked, or there is none.
 */
export type Contact = 'asked' | 'unasked' | 'away' | 'missing';

/** What is known of one queue at one moment, in this process. */
export interface QueueObservation {
  /** What the flags want: percent of adds that go to the target, 0 to 100. */
  readonly targetShare: number;
  /** Whether this process has handlers for the queue. One that only adds never consumes or moves anything. */
  readonly hasHandlers: boolean;
  readonly contact: Readonly<Record<Side, Contact>>;
  /** Anything to run, now or later: jobs that wait, are delayed or active, and schedules. */
  readonly hasWork: Readonly<Record<Side, boolean>>;
  /** By all of its consumers where it has to be, by any of them where it has not. */
  readonly consuming: Readonly<Record<Side, boolean>>;
  /** Sides that were started when nobody could say whether the other one is paused. */
  readonly owesPause: Readonly<Record<Side, boolean>>;
  /** Whether a schedule is anywhere but active at home: see {@link homeSide}. */
  readonly schedulesAstray: boolean;
}

export type Action =
  /** Before a side that gets adds is consumed beside one that was in use, it is paused if that one is. */
  | { readonly type: 'carry-pause'; readonly from: Side; readonly to: Side }
  /** The other side has no pause that is meant for this one. */
  | { readonly type: 'drop-pause'; readonly side: Side }
  /** `owesPause`: whether the other side is paused is not known, and is asked when it can be. */
  | { readonly type: 'start-consumer'; readonly side: Side; readonly owesPause: boolean }
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
 *
 * Each side is decided on by itself: one whose engine is away keeps the other from nothing but the moves of schedules,
 * which need both. Who runs away from an engine that is gone wants jobs to run, so its pause is not waited for.
 */
export function decide(observation: QueueObservation): readonly Action[] {
  const { targetShare, hasHandlers, contact, consuming, owesPause, schedulesAstray } = observation;
  if (!hasHandlers) return [];
  const actions: Action[] = [];
  for (const side of SIDES) {
    const from = otherSide(side);
    const isAdded = getsAdds(side, targetShare);
    const carriesPause = isAdded && contact[from] === 'asked' && mayBePausedFor(side, observation);
    if (consuming[side]) {
      if (!owesPause[side] || contact[side] !== 'asked') continue;
      if (carriesPause) actions.push({ type: 'carry-pause', from, to: side });
      else if (contact[from] === 'asked') actions.push({ type: 'drop-pause', side });
      continue;
    }
    if (contact[side] !== 'asked' || !isOpen(side, observation)) continue;
    // It answers soon, or is found to be away.
    if (isAdded && contact[from] === 'unasked') continue;
    if (carriesPause) actions.push({ type: 'carry-pause', from, to: side });
    actions.push({ type: 'start-consumer', side, owesPause: isAdded && contact[from] === 'away' });
  }
  if (schedulesAstray && SIDES.every((side) => contact[side] === 'asked')) {
    actions.push({ type: 'bring-schedules-home', home: homeSide(targetShare) });
  }
  for (const side of SIDES) {
    if (consuming[side] && !isOpen(side, observation)) actions.push({ type: 'stop-consumer', side });
  }
  return actions;
}

/**
 * Whether the other side's pause, if it is paused, is meant for this side. The legacy engine's always is: it may have
 * been paused before there was another, and an empty queue is paused for what is to come. The target's is while it is
 * in use, since somebody may keep it paused until it is.
 */
function mayBePausedFor(side: Side, { hasWork, consuming }: QueueObservation): boolean {
  return side === 'target' || hasWork.target || consuming.target;
}

export function phaseOf({
  targetShare,
  hasWork,
}: Pick<QueueObservation, 'targetShare' | 'hasWork'>): QueuePhase {
  if (targetShare >= 100) return hasWork.legacy ? 'draining-legacy' : 'target';
  if (targetShare > 0) return 'canary';
  return hasWork.target ? 'draining-target' : 'legacy';
}
