import {
  ClosedError,
  type EngineQueue,
  type JobSchemas,
  type QueueDefinition,
  type RateLimit,
  type ReportError,
} from '@switchyard/queue-contract';
import { decide, getsAdds, isOpen, phaseOf, type Action } from './decide.js';
import { createLookPace } from './look-pace.js';
import { createPlacements } from './placements.js';
import type { QueueStatus } from './queue-status.js';
import { createRateWindow, type RateWindow } from './rate-window.js';
import { homeSide, otherSide, type Side } from './route.js';
import { createScheduleLock, unlocked } from './schedule-lock.js';
import { bringSchedulesHome, schedulesAreAstray } from './schedule-moves.js';
import { onSide, placesOf, sideOf, SIDES, type Engines, type Sides } from './sides.js';
import { createSwitchedConsumer, type SwitchedConsumer } from './switched-consumer.js';
import { createSwitchedEvents } from './switched-events.js';
import { createSwitchedControl, createSwitchedInspector } from './switched-inspector.js';
import { createSwitchedProducer } from './switched-producer.js';
import { createSwitchedSchedules } from './switched-schedules.js';

export interface RolloutQueue {
  readonly queue: EngineQueue;
  /** The sides whose engine has to be asked whether they hold work. One that gets adds is open in any case. */
  sidesToAsk(): readonly Side[];
  /** Takes note of what an engine answered. */
  observed(side: Side, holdsWork: boolean): void;
  /** The flags may have changed: if they did for this queue, what was seen before says nothing any more. */
  flagsChanged(): void;
  /** Does what the observations ask for, if every engine has been asked. */
  step(): Promise<void>;
  /** Whether its last step failed. */
  readonly isTroubled: boolean;
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
  /** Whether an engine could not be asked when a look last tried. */
  readonly isAway: (side: Side) => boolean;
  /** Asks for a look before the next regular one: at once, or within so many ms. */
  readonly wake: (withinMs?: number) => void;
}

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
  const consumers = new Set<SwitchedConsumer>();
  const windows = new Map<string, RateWindow>();
  const hasWork: Record<Side, boolean> = { legacy: false, target: false };
  const asked: Record<Side, boolean> = { legacy: false, target: false };
  const pace = createLookPace({ closeMs: switchingCheckMs, restMs: idleCheckMs });
  const lock = sides.legacy ? createScheduleLock(sides.target.claims, () => isClosed) : unlocked;
  /** Schedules may be suspended on either side: a process may have died while it moved them. */
  let schedulesUnseen = true;
  let sawSchedulesAtMs = -Infinity;
  let seenShare = targetShare();
  let trouble: string | null = null;
  let isClosed = false;

  const forgetObservations = (): void => {
    // Until its engine has been asked, a side may hold anything.
    for (const side of existing) {
      hasWork[side] = true;
      asked[side] = false;
    }
    schedulesUnseen = true;
    pace.quicken();
  };
  forgetObservations();

  const openSides = (): readonly Side[] =>
    existing.filter((side) => isOpen(side, { targetShare: targetShare(), hasWork }));
  const places = (): readonly EngineQueue[] => placesOf(sides, homeSide(targetShare()));
  const homeAndAway = (): [EngineQueue, EngineQueue] => {
    const home = homeSide(targetShare());
    return [onSide(sides, home), onSide(sides, otherSide(home))];
  };

  /** Jobs are on a side, or on their way there: whoever looks next finds out how many. */
  const expectWork = (side: Side): void => {
    if (openSides().includes(side)) return;
    hasWork[side] = true;
    pace.quicken();
    wake();
  };

  /** What was seen of a side that gets no adds may be a minute old: another instance may add there since. */
  const mayHoldWork = async (side: Side): Promise<boolean> => {
    if (openSides().includes(side)) return true;
    if (isAway(side)) return false; // looks go on until it is back
    try {
      const holdsWork = (await onSide(engines, side).withWork([definition.name])).size > 0;
      if (holdsWork) expectWork(side);
      return holdsWork;
    } catch {
      // An engine that was last seen empty keeps nobody from adding to the other while it is away; a look tells of it.
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

  const isDrainedBut = (side: Side): boolean | Promise<boolean> => {
    const others = openSides().filter((open) => open !== side);
    if (others.length === 0) return true;
    return Promise.all(others.map((other) => onSide(sides, other).inspector.counts())).then((counts) =>
      counts.every(({ waiting }) => waiting === 0),
    );
  };

  const windowOf = (limit: RateLimit): RateWindow => {
    const key = `${limit.max}/${limit.durationMs}`;
    const window = windows.get(key) ?? createRateWindow(limit);
    windows.set(key, window);
    return window;
  };

  const active = (): readonly SwitchedConsumer[] => [...consumers].filter(({ isClosing }) => !isClosing);
  const consuming = (): Record<Side, boolean> => {
    const open = openSides();
    const isConsumed = (side: Side): boolean =>
      open.includes(side)
        ? active().every((consumer) => consumer.consumes(side))
        : active().some((consumer) => consumer.consumes(side));
    return { legacy: isConsumed('legacy'), target: isConsumed('target') };
  };

  const placements = createPlacements(sides, {
    mayHoldWork,
    expectWork,
    isAway,
    wake,
    isOpen: (side) => openSides().includes(side),
  });
  const events = createSwitchedEvents(sides, places, openSides, isDrainedBut, reportError);
  const queue: EngineQueue = {
    definition,
    producer: createSwitchedProducer(sides, targetShare, placements),
    inspector: createSwitchedInspector(places, (place) => expectWork(sideOf(sides, place))),
    control: createSwitchedControl(places),
    schedules: createSwitchedSchedules(places, lock),
    events,
    claims: sides.target.claims,
    consumer: {
      consume(handlers, options = {}) {
        if (isClosed) throw new ClosedError(`queue "${definition.name}"`);
        const consumer = createSwitchedConsumer(sides, handlers, options, {
          onClosed: (closed) => consumers.delete(closed as SwitchedConsumer),
          onProgress,
          isDrainedBut,
          windowOf,
          reportError,
        });
        if (!consumer.isClosing) consumers.add(consumer);
        wake();
        return consumer;
      },
    },
  };

  const carryOut = async (action: Action): Promise<void> => {
    switch (action.type) {
      case 'carry-pause':
        if (await onSide(sides, action.from).control.isPaused())
          await onSide(sides, action.to).control.pause();
        return;
      case 'start-consumer':
        await Promise.all(active().map((consumer) => consumer.start(action.side)));
        return;
      case 'bring-schedules-home':
        await bringSchedulesHome(...homeAndAway(), lock);
        return;
      case 'stop-consumer':
        for (const consumer of active()) consumer.stop(action.side);
        return;
    }
  };

  const schedulesAstray = async (): Promise<boolean> => {
    const isTime = performance.now() - sawSchedulesAtMs >= idleCheckMs;
    if (!isTime && !schedulesUnseen) return false;
    if (isTime) sawSchedulesAtMs = performance.now();
    if (!sides.legacy || active().length === 0) return false;
    const [home, away] = homeAndAway();
    const mayBeAway = hasWork[sideOf(sides, away)];
    if (!schedulesUnseen && !mayBeAway) return false;
    schedulesUnseen = false; // before the look: when the flags change meanwhile, it says nothing
    // An engine that holds no work holds no schedules, and need not be there to say so.
    return mayBeAway ? schedulesAreAstray(home, away) : (await home.schedules.suspended()).length > 0;
  };

  const takeStep = async (): Promise<void> => {
    await events.align(); // first, so that what consumers do is heard
    let problem: { readonly error: unknown } | undefined;
    const areAstray = await schedulesAstray().catch((error: unknown) => {
      problem = { error }; // which keeps no job waiting
      return false;
    });
    // Nothing is decided on what nobody has seen, be it that the flags changed meanwhile.
    if (existing.some((side) => !asked[side])) return;
    const actions = decide({
      targetShare: targetShare(),
      hasHandlers: active().length > 0,
      hasWork,
      consuming: consuming(),
      schedulesAstray: areAstray,
    });
    try {
      for (const action of actions) await carryOut(action);
      if (actions.length > 0) pace.quicken();
    } finally {
      for (const consumer of active()) consumer.begun();
    }
    if (problem) throw problem.error;
  };

  return {
    queue,
    sidesToAsk: () => existing.filter((side) => !asked[side] || !getsAdds(side, targetShare())),
    observed(side, holdsWork) {
      if (hasWork[side] !== holdsWork) pace.quicken();
      hasWork[side] = holdsWork;
      asked[side] = true;
    },
    flagsChanged() {
      if (seenShare !== targetShare()) forgetObservations();
      seenShare = targetShare();
    },
    async step() {
      pace.looked();
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
        schedulesUnseen = true;
      }
    },
    get isTroubled() {
      return trouble !== null;
    },
    get nextLookInMs() {
      const isBetween =
        trouble !== null ||
        existing.some((side) => !asked[side]) ||
        openSides().some((side) => !getsAdds(side, targetShare()));
      return isBetween ? pace.nextInMs : idleCheckMs;
    },
    status() {
      const named = (flags: Record<Side, boolean>): string[] =>
        existing.filter((side) => flags[side]).map((side) => onSide(engines, side).name);
      return {
        queue: definition.name,
        phase: phaseOf({ targetShare: targetShare(), hasWork }),
        targetShare: targetShare(),
        consuming: active().length > 0 ? named(consuming()) : [],
        withWork: named(hasWork),
      };
    },
    async close(options) {
      isClosed = true;
      await Promise.all([...consumers].map((consumer) => consumer.close(options)));
      await events.close();
    },
  };
}
