import type { EngineQueue, JobSchemas, QueueDefinition, ReportError } from '@switchyard/queue-contract';
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
  /** Resolves when the rollout has first decided which engines to consume. */
  readonly started: Promise<void>;
  readonly reportError: ReportError;
  /** Asks for a step before the next regular one. */
  readonly wake: () => void;
}

/** One queue of a rollout: the roles its callers use, and the steps that bring it where the flags want it. */
export function createRolloutQueue(
  definition: QueueDefinition<JobSchemas>,
  context: RolloutQueueContext,
): RolloutQueue {
  const { engines, targetShare, reportError, started, wake } = context;
  const sides: Sides = {
    legacy: engines.legacy?.queue(definition),
    target: engines.target.queue(definition),
  };
  const existing = SIDES.filter((side) => sides[side] !== undefined);
  const consumers = new Set<SwitchedConsumer>();
  const consuming: Record<Side, boolean> = { legacy: false, target: false };
  const hasWork: Record<Side, boolean> = { legacy: false, target: false };
  const asked: Record<Side, boolean> = { legacy: false, target: false };
  /** Schedules may be suspended on either side: a process may have died while it moved them. */
  let schedulesUnseen = true;
  let movingSchedules: Promise<void> = Promise.resolve();

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

  /** One move at a time: callers change schedules through here too. */
  const bringHome = (): Promise<void> => {
    const next = movingSchedules.then(() => bringSchedulesHome(...homeAndAway()));
    movingSchedules = next.catch(() => {}); // whoever asked for it hears of it
    return next;
  };

  const events = createSwitchedEvents(sides, places, openSides, reportError);
  const queue: EngineQueue = {
    definition,
    producer: createSwitchedProducer(sides, targetShare, (side) => openSides().includes(side)),
    inspector: createSwitchedInspector(places),
    control: createSwitchedControl(places),
    schedules: createSwitchedSchedules(places, bringHome),
    events,
    consumer: {
      consume(handlers, options = {}) {
        const onClosed = (): void => void consumers.delete(consumer);
        const consumer = createSwitchedConsumer(sides, handlers, options, { started, onClosed, reportError });
        consumers.add(consumer);
        // The next step starts it on every open side, also where others of this queue run already.
        for (const side of SIDES) consuming[side] = false;
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
        await Promise.all([...consumers].map((consumer) => consumer.start(action.side)));
        consuming[action.side] = true;
        return;
      case 'bring-schedules-home':
        await bringHome();
        return;
      case 'stop-consumer':
        await Promise.all([...consumers].map((consumer) => consumer.stop(action.side)));
        consuming[action.side] = false;
        return;
    }
  };

  const schedulesAstray = async (): Promise<boolean> => {
    if (!sides.legacy || consumers.size === 0) return false;
    const away = otherSide(homeSide(targetShare()));
    if (!schedulesUnseen && !hasWork[away]) return false;
    const astray = await schedulesAreAstray(...homeAndAway());
    schedulesUnseen = false;
    return astray;
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
      const actions = decide({
        targetShare: targetShare(),
        hasHandlers: consumers.size > 0,
        hasWork,
        consuming,
        schedulesAstray: (lookForSchedules || schedulesUnseen) && (await schedulesAstray()),
      });
      for (const action of actions) await carryOut(action);
      await events.align();
      return actions.length > 0 || openSides().some((side) => !getsAdds(side, targetShare()));
    },
    status() {
      const named = (flags: Record<Side, boolean>): string[] =>
        existing.filter((side) => flags[side]).map((side) => onSide(engines, side).name);
      return {
        queue: definition.name,
        phase: phaseOf({ targetShare: targetShare(), hasWork }),
        targetShare: targetShare(),
        consuming: consumers.size > 0 ? named(consuming) : [],
        withWork: named(hasWork),
      };
    },
    async close(options) {
      await Promise.all([...consumers].map((consumer) => consumer.close(options)));
      await events.close();
    },
  };
}
