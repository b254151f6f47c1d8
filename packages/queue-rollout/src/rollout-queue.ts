import {
  ClosedError,
  type EngineQueue,
  type JobSchemas,
  type QueueDefinition,
  type ReportError,
} from '@switchyard/queue-contract';
import { decide, getsAdds, isOpen, phaseOf, type Action } from './decide.js';
import type { QueueStatus } from './queue-status.js';
import { homeSide, otherSide, type Side } from './route.js';
import { bringSchedulesHome, schedulesAreAstray } from './schedule-moves.js';
import { onSide, placesOf, SIDES, type Engines, type Sides } from './sides.js';
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
  /** The flags changed: what was seen before says nothing any more. */
  forgetObservations(): void;
  /**
   * Does what the observations ask for. Answers whether it has to be called again soon.
   *
   * @param lookForSchedules also where a look costs a few commands
   */
  step(lookForSchedules: boolean): Promise<boolean>;
  status(): QueueStatus;
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

export interface RolloutQueueContext {
  readonly engines: Engines;
  /** Percent, 0 to 100. */
  readonly targetShare: () => number;
  readonly reportError: ReportError;
  /** Asks for a step before the next regular one. */
  readonly wake: () => void;
}

/** One queue of a rollout: the roles its callers use, and the steps that bring it where the flags want it. */
export function createRolloutQueue(
  definition: QueueDefinition<JobSchemas>,
  context: RolloutQueueContext,
): RolloutQueue {
  const { engines, targetShare, reportError, wake } = context;
  const sides: Sides = {
    legacy: engines.legacy?.queue(definition),
    target: engines.target.queue(definition),
  };
  const existing = SIDES.filter((side) => sides[side] !== undefined);
  const consumers = new Set<SwitchedConsumer>();
  const hasWork: Record<Side, boolean> = { legacy: false, target: false };
  const asked: Record<Side, boolean> = { legacy: false, target: false };
  /** Schedules may be suspended on either side: a process may have died while it moved them. */
  let schedulesUnseen = true;
  let scheduleTurn: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  const forgetObservations = (): void => {
    // Until its engine has been asked, a side may hold anything.
    for (const side of existing) {
      hasWork[side] = true;
      asked[side] = false;
    }
    schedulesUnseen = true;
  };
  forgetObservations();

  const openSides = (): readonly Side[] =>
    existing.filter((side) => isOpen(side, { targetShare: targetShare(), hasWork }));
  const places = (): readonly EngineQueue[] => placesOf(sides, homeSide(targetShare()));
  const homeAndAway = (): [EngineQueue, EngineQueue] => {
    const home = homeSide(targetShare());
    return [onSide(sides, home), onSide(sides, otherSide(home))];
  };

  const bringHome = (): Promise<void> => bringSchedulesHome(...homeAndAway());
  /** One after another, moves and what callers change: a move would bring back what was changed under its hands. */
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    const next = scheduleTurn.then(change);
    scheduleTurn = next.catch(() => {}); // whoever asked for it hears of it
    return next;
  };

  /** What was seen of a side that gets no adds may be a minute old: another instance may add there since. */
  const mayHoldWork = async (side: Side): Promise<boolean> => {
    if (openSides().includes(side)) return true;
    try {
      const holdsWork = (await onSide(engines, side).withWork([definition.name])).size > 0;
      if (holdsWork) wake();
      return holdsWork;
    } catch {
      // An engine that was last seen empty keeps nobody from adding to the other while it is away; a look tells of it.
      wake();
      return false;
    }
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

  const events = createSwitchedEvents(sides, places, openSides, reportError);
  const queue: EngineQueue = {
    definition,
    producer: createSwitchedProducer(sides, targetShare, mayHoldWork),
    inspector: createSwitchedInspector(places),
    control: createSwitchedControl(places),
    schedules: createSwitchedSchedules(places, bringHome, inTurn),
    events,
    claims: sides.target.claims,
    consumer: {
      consume(handlers, options = {}) {
        if (isClosed) throw new ClosedError(`queue "${definition.name}"`);
        const consumer = createSwitchedConsumer(sides, handlers, options, {
          onClosed: (closed) => consumers.delete(closed as SwitchedConsumer),
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
        await inTurn(bringHome);
        return;
      case 'stop-consumer':
        for (const consumer of active()) consumer.stop(action.side);
        return;
    }
  };

  const schedulesAstray = async (): Promise<boolean> => {
    if (!sides.legacy || active().length === 0) return false;
    const away = otherSide(homeSide(targetShare()));
    if (!schedulesUnseen && !hasWork[away]) return false;
    schedulesUnseen = false; // before the look: when the flags change meanwhile, it says nothing
    return schedulesAreAstray(...homeAndAway());
  };

  return {
    queue,
    forgetObservations,
    sidesToAsk: () => existing.filter((side) => !asked[side] || !getsAdds(side, targetShare())),
    observed(side, holdsWork) {
      hasWork[side] = holdsWork;
      asked[side] = true;
    },
    async step(lookForSchedules) {
      await events.align(); // first, so that what consumers do is heard
      const areAstray = (lookForSchedules || schedulesUnseen) && (await schedulesAstray());
      // The flags changed meanwhile. Nothing is decided on what nobody has seen.
      if (existing.some((side) => !asked[side])) return true;
      const actions = decide({
        targetShare: targetShare(),
        hasHandlers: active().length > 0,
        hasWork,
        consuming: consuming(),
        schedulesAstray: areAstray,
      });
      try {
        for (const action of actions) await carryOut(action);
      } finally {
        for (const consumer of active()) consumer.begun();
      }
      return actions.length > 0 || openSides().some((side) => !getsAdds(side, targetShare()));
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
