import type { EngineQueue, JobSchemas, QueueDefinition, ReportError } from '@switchyard/queue-contract';
import { coalesced } from './coalesced.js';
import { decide, getsAdds, phaseOf, type QueueObservation } from './decide.js';
import { createDrainedLook } from './drained-notice.js';
import { isDoneWithin } from './is-done-within.js';
import { createLookPace } from './look-pace.js';
import { createObservations } from './observations.js';
import { createOwedControls } from './owed-controls.js';
import { createPlacements } from './placements.js';
import { createQueueConsumers } from './queue-consumers.js';
import { createQueueContact } from './queue-contact.js';
import type { QueueStatus } from './queue-status.js';
import { homeSide, otherSide, type Side } from './route.js';
import { createScheduleLock, unlocked } from './schedule-lock.js';
import { bringSchedulesHome } from './schedule-moves.js';
import { createScheduleWatch } from './schedule-watch.js';
import { createSideStarts, isStart } from './side-starts.js';
import { onSide, placesOf, sideOf, SIDES, type Engines, type Sides } from './sides.js';
import { createSwitchedEvents } from './switched-events.js';
import { createSwitchedControl, createSwitchedInspector } from './switched-inspector.js';
import { createSwitchedProducer } from './switched-producer.js';
import { createSwitchedSchedules } from './switched-schedules.js';

export interface RolloutQueue {
  readonly queue: EngineQueue;
  /** The sides whose engine has to be asked whether they hold work. One that gets adds is open in any case. */
  sidesToAsk(): readonly Side[];
  /** The moment at which an engine is asked, to be handed over with what it answers. */
  momentOf(side: Side): number;
  /** Takes note of what an engine answered. */
  observed(side: Side, holdsWork: boolean, moment: number): void;
  /** The flags may have changed: if they did for this queue, what was seen before says nothing any more. */
  flagsChanged(): void;
  /** Does what the observations ask for. Waits for no engine that takes its time to start a consumer. */
  step(): Promise<void>;
  /** Resolves when all that steps began has come to an end. */
  begun(): Promise<void>;
  /** Whether its last step went well and left nothing to do. */
  readonly isSteady: boolean;
  /** Ms until the next look, unless something happens. */
  readonly nextLookInMs: number;
  status(): QueueStatus;
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

export interface RolloutQueueContext {
  readonly engines: Engines;
  /** Percent, 0 to 100. */
  readonly targetShare: () => number;
  readonly reportError: ReportError;
  /** See RolloutOptions. */
  readonly idleCheckMs: number;
  readonly switchingCheckMs: number;
  /** Whether an engine could not be asked when a look last tried, or has not answered for long. */
  readonly isAway: (side: Side) => boolean;
  /** Asks for a look before the next regular one: at once, or within so many ms. */
  readonly wake: (withinMs?: number) => void;
}

/** How long a step waits for an engine that starts a consumer, or listens, in ms. */
const STEP_LIMIT_MS = 1000;
/** How long a start waits to hear whether the other side is paused, in ms. */
const PAUSE_LIMIT_MS = 5000;

/** One queue of a rollout: the roles its callers use, and the steps that bring it where the flags want it. */
export function createRolloutQueue(
  definition: QueueDefinition<JobSchemas>,
  context: RolloutQueueContext,
): RolloutQueue {
  const { engines, targetShare, reportError, idleCheckMs, switchingCheckMs, isAway, wake } = context;
  const sides: Sides = {
    legacy: engines.legacy?.queue(definition),
    target: engines.target.queue(definition),
  };
  const existing = SIDES.filter((side) => sides[side] !== undefined);
  const pace = createLookPace({ closeMs: switchingCheckMs, restMs: idleCheckMs });
  const lock = sides.legacy ? createScheduleLock(sides.target.claims, () => isClosed) : unlocked;
  const schedules = createScheduleWatch(idleCheckMs);
  let seenShare = targetShare();
  let trouble: string | null = null;
  let stepping = 0;
  let isClosed = false;

  const observations = createObservations(existing, targetShare, (side) => expectWork(side));
  const hasWork = (): Record<Side, boolean> => ({
    legacy: observations.holdsWork('legacy'),
    target: observations.holdsWork('target'),
  });
  const forgetObservations = (): void => {
    // Until its engine has been asked, a side may hold anything.
    observations.forget();
    schedules.forget();
    pace.quicken();
  };
  forgetObservations();

  const contact = createQueueContact(existing, observations, targetShare, isAway);
  const { open: openSides, isSeen, leftOut, isGone } = contact;
  const places = (): readonly EngineQueue[] => {
    const left = leftOut();
    return placesOf(sides, homeSide(targetShare())).filter((place) => !left.includes(sideOf(sides, place)));
  };
  const homeAndAway = (): [EngineQueue, EngineQueue] => {
    const home = homeSide(targetShare());
    return [onSide(sides, home), onSide(sides, otherSide(home))];
  };

  /** Jobs are on a side, or on their way there: whoever looks next finds out how many. */
  const expectWork = (side: Side): void => {
    if (!observations.expectWork(side)) return;
    pace.quicken();
    wake();
  };

  /** What was seen of a side that gets no adds may be a minute old: another instance may add there since. */
  const mayHoldWork = async (side: Side): Promise<boolean> => {
    if (isGone(side)) return false; // looks go on until it is back
    const isKnown = getsAdds(side, targetShare()) || observations.isAsked(side);
    if (isKnown && openSides().includes(side)) return true;
    try {
      const holdsWork = (await onSide(engines, side).withWork([definition.name])).size > 0;
      if (holdsWork) expectWork(side);
      return holdsWork;
    } catch {
      // One that was last seen empty, or not since the flags changed, keeps nobody from adding to the other while it
      // is away; a look tells of it.
      wake();
      return false;
    }
  };

  /** A job has ended, and if it was on a side that gets no more, the last of them may have been among those. */
  const onProgress = (side: Side): void => {
    if (getsAdds(side, targetShare())) return;
    pace.quicken();
    wake(switchingCheckMs);
  };

  const isDrainedBut = createDrainedLook(sides, openSides);
  const consumers = createQueueConsumers(sides, {
    openSides,
    onConsume: wake,
    onProgress,
    isDrainedBut,
    reportError,
  });
  const { active, consuming } = consumers;

  const placements = createPlacements(sides, {
    mayHoldWork,
    expectWork,
    isAway,
    wake,
    isOpen: (side) => !isGone(side) && openSides().includes(side),
  });
  const events = createSwitchedEvents(sides, places, openSides, isDrainedBut, reportError);
  const align = coalesced(() => events.align());
  const controls = createOwedControls(sides, createSwitchedControl(places), leftOut);
  const starts = createSideStarts(sides, {
    active,
    stepLimitMs: STEP_LIMIT_MS,
    pauseLimitMs: PAUSE_LIMIT_MS,
    onLate: () => wake(),
  });
  const queue: EngineQueue = {
    definition,
    producer: createSwitchedProducer(sides, targetShare, placements, observations.adding),
    inspector: createSwitchedInspector(places, (place) => expectWork(sideOf(sides, place))),
    control: controls.control,
    schedules: createSwitchedSchedules(places, lock),
    events,
    claims: sides.target.claims,
    consumer: { consume: consumers.consume },
  };

  const schedulesAstray = async (): Promise<boolean> => {
    if (!sides.legacy || active().length === 0 || !isSeen()) return false;
    const [home, away] = homeAndAway();
    return schedules.areAstray(home, away, observations.holdsWork(sideOf(sides, away)));
  };

  /** A side that gets adds may hold others' schedules, too, which are at home on the other. */
  const isToSeeAgain = (side: Side): boolean =>
    side !== homeSide(targetShare()) && performance.now() - observations.askedAtMs(side) >= idleCheckMs;

  const observe = (areSchedulesAstray: boolean): QueueObservation => ({
    targetShare: targetShare(),
    hasHandlers: active().length > 0,
    contact: { legacy: contact.of('legacy'), target: contact.of('target') },
    hasWork: hasWork(),
    consuming: consuming(),
    owesPause: starts.owesPause,
    schedulesAstray: areSchedulesAstray,
  });
  const takeStep = async (): Promise<void> => {
    const problems: unknown[] = [];
    const note = (error: unknown): void => void problems.push(error);
    await isDoneWithin(align(), STEP_LIMIT_MS); // first, so that what consumers do is heard
    const begun = decide(observe(false));
    await Promise.all(SIDES.map((side) => starts.begin(side, begun).catch(note)));
    if (SIDES.every((side) => contact.of(side) !== 'unasked')) {
      for (const consumer of active()) consumer.begun();
    }
    for (const side of existing) {
      if (contact.of(side) === 'asked') await controls.settle(side).catch(note);
    }
    const areAstray = await schedulesAstray().catch((error: unknown) => {
      note(error); // which keeps no job waiting
      return false;
    });
    const rest = decide(observe(areAstray));
    for (const action of rest) {
      if (action.type === 'bring-schedules-home') {
        await bringSchedulesHome(...homeAndAway(), lock).catch(note);
      } else if (action.type === 'stop-consumer') {
        for (const consumer of active()) consumer.stop(action.side);
        starts.stopped(action.side);
      }
    }
    if (begun.some(isStart) || rest.some((action) => !isStart(action))) pace.quicken();
    if (problems.length > 0) throw problems[0];
  };

  return {
    queue,
    sidesToAsk: () =>
      existing.filter(
        (side) =>
          !observations.isAsked(side) || !getsAdds(side, targetShare()) || isAway(side) || isToSeeAgain(side),
      ),
    momentOf: observations.momentOf,
    observed(side, holdsWork, moment) {
      if (observations.observed(side, holdsWork, moment)) pace.quicken();
    },
    flagsChanged() {
      if (seenShare !== targetShare()) forgetObservations();
      seenShare = targetShare();
    },
    async step() {
      pace.looked();
      stepping += 1;
      try {
        await takeStep();
        trouble = null;
      } catch (error) {
        if (isClosed) return;
        const { message } = error as Error;
        // Once, however often it goes wrong in the same way.
        if (trouble !== message) reportError(error as Error, { engine: 'rollout', queue: definition.name });
        if (trouble !== message) pace.quicken();
        trouble = message;
        schedules.forget();
      } finally {
        stepping -= 1;
      }
    },
    begun: starts.done,
    get isSteady() {
      const isBusy = stepping > 0 || openSides().some((side) => starts.isUnderWay(side));
      return trouble === null && !isBusy && isSeen() && decide(observe(false)).length === 0;
    },
    get nextLookInMs() {
      const isBetween =
        trouble !== null ||
        !isSeen() ||
        existing.some((side) => starts.owesPause[side]) ||
        openSides().some((side) => !getsAdds(side, targetShare()));
      return isBetween ? pace.nextInMs : idleCheckMs;
    },
    status() {
      const named = (flags: Record<Side, boolean>): string[] =>
        existing.filter((side) => flags[side]).map((side) => onSide(engines, side).name);
      return {
        queue: definition.name,
        phase: phaseOf({ targetShare: targetShare(), hasWork: hasWork() }),
        targetShare: targetShare(),
        consuming: active().length > 0 ? named(consuming()) : [],
        withWork: named(hasWork()),
      };
    },
    async close(options) {
      isClosed = true;
      await consumers.close(options);
      await starts.done();
      // An engine that is away keeps nothing for those who listened to it.
      await events
        .close()
        .catch((error: Error) => reportError(error, { engine: 'rollout', queue: definition.name }));
    },
  };
}
