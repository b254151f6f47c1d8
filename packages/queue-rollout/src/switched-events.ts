import {
  type EngineQueue,
  type JobEvents,
  type QueueEvents,
  type ReportError,
} from '@switchyard/queue-contract';
import type { Side } from './route.js';
import { onSide, sideOf, type Sides } from './sides.js';
import { createWaitForEnd } from './wait-for-end.js';

type EventName = keyof QueueEvents;
type Unsubscribe = () => Promise<void>;

interface Subscription {
  readonly event: EventName;
  readonly listener: (payload: never) => void;
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
 * events is heard once. Drained it is when no engine has a job that waits.
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

  const listenOn = async (subscription: Subscription, side: Side): Promise<void> => {
    const { event, listener, held } = subscription;
    const hear = listener as (payload: QueueEvents[EventName]) => void;
    const hearIfDrained = (payload: QueueEvents[EventName]): void =>
      void Promise.resolve(isDrainedBut(side))
        .then((isDrained) => isDrained && subscriptions.has(subscription) && hear(payload))
        .catch((error: Error) => reportError(error, { engine: 'rollout', queue }));
    const holding = onSide(sides, side).events.on(event, event === 'drained' ? hearIfDrained : hear);
    held.set(side, holding);
    try {
      await holding;
    } catch (error) {
      held.delete(side);
      throw error;
    }
  };

  const leave = async ({ held }: Subscription, left: readonly Side[]): Promise<void> => {
    for (const side of left) {
      const holding = held.get(side);
      held.delete(side);
      await (
        await holding
      )?.();
    }
  };

  const alignOne = async (subscription: Subscription): Promise<void> => {
    // Asked anew after each wait: the flags may have changed meanwhile.
    const missing = (): Side | undefined => openSides().find((side) => !subscription.held.has(side));
    for (let side = missing(); side !== undefined; side = missing()) await listenOn(subscription, side);
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
      const subscription: Subscription = { event, listener, held: new Map() };
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
      for (const subscription of [...subscriptions]) {
        await alignOne(subscription).catch((error: Error) =>
          reportError(error, { engine: 'rollout', queue }),
        );
      }
    },
    async close() {
      const all = [...subscriptions];
      subscriptions.clear();
      await Promise.all(all.map((subscription) => leave(subscription, [...subscription.held.keys()])));
    },
  };
}
