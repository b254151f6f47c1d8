import {
  type EngineQueue,
  type JobEvents,
  type QueueEvents,
  type ReportError,
} from '@switchyard/queue-contract';
import { createDrainedNotice, type DrainedNotice } from './drained-notice.js';
import type { Side } from './route.js';
import { onSide, sideOf, type Sides } from './sides.js';
import { createWaitForEnd } from './wait-for-end.js';

type EventName = keyof QueueEvents;
type Unsubscribe = () => Promise<void>;

interface Subscription {
  readonly event: EventName;
  readonly listener: (payload: never) => void;
  readonly drainedNotice: DrainedNotice;
  /** What it holds on each engine that is listened to. */
  readonly held: Map<Side, Promise<Unsubscribe>>;
}

export interface SwitchedEvents extends JobEvents {
  /** Listens on the sides that are open now and leaves those that are not, which frees their connection. */
  align(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Queue-wide events from every engine that may hold jobs at the time. A job lives on one engine, so each of its
 * events is heard once.
 */
export function createSwitchedEvents(
  sides: Sides,
  places: () => readonly EngineQueue[],
  openSides: () => readonly Side[],
  isDrainedBut: (side: Side) => boolean | Promise<boolean>,
  reportError: ReportError,
): SwitchedEvents {
  const subscriptions = new Set<Subscription>();
  const queue = sides.target.definition.name;
  const report = (error: Error): void => reportError(error, { engine: 'rollout', queue });

  const listenOn = async (subscription: Subscription, side: Side): Promise<void> => {
    const { event, listener, drainedNotice, held } = subscription;
    const hear = listener as (payload: QueueEvents[EventName]) => void;
    const hearIfDrained = (payload: QueueEvents[EventName]): void =>
      void drainedNotice
        .isDue(side)
        .then((isDue) => isDue && subscriptions.has(subscription) && hear(payload))
        .catch(report);
    const { events } = onSide(sides, side);
    const holding =
      event === 'drained' && sides.legacy
        ? both(
            events.on('drained', hearIfDrained),
            events.on('waiting', () => drainedNotice.hasJobs()),
          )
        : events.on(event, hear);
    held.set(side, holding);
    try {
      await holding;
    } catch (error) {
      held.delete(side);
      throw error;
    }
  };

  const leave = async ({ held }: Subscription, left: readonly Side[]): Promise<void> => {
    await Promise.all(
      left.map(async (side) => {
        const holding = held.get(side);
        held.delete(side);
        // One that did not come about has nothing to end, and whoever wanted it has heard why.
        const end = await holding?.catch(() => undefined);
        await end?.();
      }),
    );
  };

  const alignOne = async (subscription: Subscription): Promise<void> => {
    // Asked anew after each wait: the flags may have changed meanwhile.
    const missing = (): readonly Side[] => openSides().filter((side) => !subscription.held.has(side));
    for (let begun = missing(); begun.length > 0; begun = missing()) {
      // At once, and each to its end: one side that cannot be listened to must not keep the other from it.
      const outcomes = await Promise.allSettled(begun.map((side) => listenOn(subscription, side)));
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed) throw failed.reason;
    }
    // It ended meanwhile: what was just begun ends, too.
    if (!subscriptions.has(subscription)) return leave(subscription, [...subscription.held.keys()]);
    const open = openSides();
    await leave(
      subscription,
      [...subscription.held.keys()].filter((side) => !open.includes(side)),
    );
  };

  return {
    async on(event, listener) {
      const drainedNotice = createDrainedNotice(isDrainedBut);
      const subscription: Subscription = { event, listener, drainedNotice, held: new Map() };
      const end = async (): Promise<void> => {
        subscriptions.delete(subscription);
        await leave(subscription, [...subscription.held.keys()]);
      };
      // Known before it is live, so that it follows flags that change meanwhile.
      subscriptions.add(subscription);
      try {
        await alignOne(subscription);
        await Promise.all(subscription.held.values()); // some may have been begun by a look
      } catch (error) {
        await end();
        throw error;
      }
      return end;
    },
    waitForEnd: createWaitForEnd(queue, () => {
      const open = openSides();
      const isLikely = (place: EngineQueue): boolean => open.includes(sideOf(sides, place));
      return [places().filter(isLikely), places().filter((place) => !isLikely(place))].filter(
        (turn) => turn.length > 0,
      );
    }),
    async align() {
      await Promise.all([...subscriptions].map((subscription) => alignOne(subscription).catch(report)));
    },
    async close() {
      const all = [...subscriptions];
      subscriptions.clear();
      // Whatever goes wrong, it is over.
      await Promise.all(
        all.map((subscription) => leave(subscription, [...subscription.held.keys()]).catch(report)),
      );
    },
  };
}

/** Two subscriptions as one: when one does not come about, the other ends. */
async function both(
  ...holdings: readonly [Promise<Unsubscribe>, Promise<Unsubscribe>]
): Promise<Unsubscribe> {
  const endAll = async (): Promise<void> => {
    const outcomes = await Promise.allSettled(holdings);
    await Promise.all(outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value()));
  };
  try {
    await Promise.all(holdings);
  } catch (error) {
    await endAll();
    throw error;
  }
  return endAll;
}
