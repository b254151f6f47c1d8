import {
  ClosedError,
  resolveConsumeOptions,
  type Consumer,
  type ConsumeOptions,
  type ConsumerEvents,
  type EngineQueue,
  type JobHandlers,
  type RateLimit,
  type ReportError,
} from '@switchyard/queue-contract';
import { createDrainedNotice } from './drained-notice.js';
import type { RateWindow } from './rate-window.js';
import { createSharedJobGate } from './shared-job-gate.js';
import type { Side } from './route.js';
import { onSide, type Sides } from './sides.js';

type Listener = (payload: never) => void;

/** One call of `consume`: the same handlers on whichever engines have to be consumed at the time. */
export interface SwitchedConsumer extends Consumer {
  readonly isClosing: boolean;
  consumes(side: Side): boolean;
  start(side: Side): Promise<void>;
  /** Takes no more jobs there; those that run go on, and nobody waits for them but a close. */
  stop(side: Side): void;
  /** To be called when it has been started wherever it has to be. */
  begun(): void;
}

export interface SwitchedConsumerContext {
  /** Called when nothing of it runs any more. */
  readonly onClosed: (consumer: Consumer) => void;
  /** Called when a job has ended on a side, or none waits there any more. */
  readonly onProgress: (side: Side) => void;
  /** Whether nothing waits on the other side, either. */
  readonly isDrainedBut: (side: Side) => boolean | Promise<boolean>;
  /** The window that all consumers of the queue share which have this limit. */
  readonly windowOf: (limit: RateLimit) => RateWindow;
  readonly reportError: ReportError;
}

/** What tells that a side may hold less work than before. */
const PROGRESS: ReadonlySet<keyof ConsumerEvents> = new Set(['completed', 'failed', 'drained']);

/**
 * @throws InvalidOptionError for worker settings that are not allowed
 */
export function createSwitchedConsumer(
  sides: Sides,
  handlers: JobHandlers,
  options: ConsumeOptions,
  { onClosed, onProgress, isDrainedBut, windowOf, reportError }: SwitchedConsumerContext,
): SwitchedConsumer {
  const { name } = sides.target.definition;
  const {
    concurrency,
    limit,
    gate: outerGate,
    signal,
  } = resolveConsumeOptions(sides.target.definition, options);
  const gate = outerGate ?? createSharedJobGate({ concurrency, window: limit && windowOf(limit) });
  const running = new Map<Side, Consumer>();
  /** Those that run, and those that were stopped and still finish jobs. */
  const held = new Set<Consumer>();
  const subscriptions = new Map<keyof ConsumerEvents, Set<Listener>>();
  let isClosing = false;
  let begin: () => void = () => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));
  /** Who waits for a start. One promise that all starts raced against would remember every one. */
  const starting = new Set<() => void>();
  const report = (error: Error): void => reportError(error, { engine: 'rollout', queue: name });

  const tell = (event: keyof ConsumerEvents, payload: unknown): void => {
    for (const listener of [...(subscriptions.get(event) ?? [])]) listener(payload as never);
  };

  const drainedNotice = createDrainedNotice(isDrainedBut);
  const tellIfDrained = async (side: Side, payload: unknown): Promise<void> => {
    if (!subscriptions.get('drained')?.size) return;
    if (await drainedNotice.isDue(side)) tell('drained', payload);
  };

  const forward = (consumer: Consumer, side: Side): void => {
    const events: readonly (keyof ConsumerEvents)[] = [
      'active',
      'progress',
      'completed',
      'failed',
      'stalled',
      'drained',
      'error',
    ];
    for (const event of events) {
      consumer.on(event, (payload) => {
        if (PROGRESS.has(event)) onProgress(side);
        if (event === 'active') drainedNotice.hasJobs();
        if (event === 'drained') tellIfDrained(side, payload).catch(report);
        else tell(event, payload);
      });
    }
  };

  const readyOrClosed = (consumer: Consumer): Promise<void> =>
    new Promise<void>((resolve, reject) => {
      starting.add(resolve);
      void consumer
        .ready()
        .then(resolve, reject)
        .finally(() => starting.delete(resolve));
    });

  const start = async (side: Side): Promise<void> => {
    if (isClosing || running.has(side)) return;
    const place: EngineQueue = onSide(sides, side);
    const consumer = place.consumer.consume(handlers, { concurrency, limit, gate });
    running.set(side, consumer);
    held.add(consumer);
    forward(consumer, side);
    try {
      await readyOrClosed(consumer);
    } catch (error) {
      if (isClosing) return;
      stop(side);
      throw error;
    }
  };

  const stop = (side: Side): void => {
    const consumer = running.get(side);
    if (!consumer) return;
    running.delete(side);
    consumer.close().then(() => held.delete(consumer), report);
  };

  const close: Consumer['close'] = async (closeOptions) => {
    isClosing = true;
    signal?.removeEventListener('abort', closeOnAbort);
    begin();
    for (const resolve of starting) resolve();
    // Called again with a limit, each closes within that.
    await Promise.all([...held].map((consumer) => consumer.close(closeOptions)));
    running.clear();
    held.clear();
    onClosed(self);
  };

  const closeOnAbort = (): void => void close().catch(report);

  const self: SwitchedConsumer = {
    get isClosing() {
      return isClosing;
    },
    consumes: (side) => running.has(side),
    start,
    stop,
    begun() {
      if (running.size > 0) begin();
    },
    close,
    async ready() {
      await begun;
      if (isClosing) throw new ClosedError(`consumer of queue "${name}"`);
      await Promise.all([...running.values()].map((consumer) => consumer.ready()));
    },
    on(event, listener) {
      const listeners = subscriptions.get(event) ?? new Set();
      subscriptions.set(event, listeners.add(listener as Listener));
      return () => listeners.delete(listener as Listener);
    },
    get running() {
      return [...held].reduce((sum, consumer) => sum + consumer.running, 0);
    },
  };
  if (signal?.aborted) closeOnAbort();
  else signal?.addEventListener('abort', closeOnAbort, { once: true });
  return self;
}
