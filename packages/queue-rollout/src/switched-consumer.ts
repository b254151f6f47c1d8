import type {
  Consumer,
  ConsumeOptions,
  ConsumerEvents,
  EngineQueue,
  JobHandlers,
  ReportError,
} from '@switchyard/queue-contract';
import { createSharedJobGate } from './shared-job-gate.js';
import type { Side } from './route.js';
import { onSide, type Sides } from './sides.js';

type Listener = (payload: never) => void;

/** One call of `consume`: the same handlers on whichever engines have to be consumed at the time. */
export interface SwitchedConsumer extends Consumer {
  start(side: Side): Promise<void>;
  stop(side: Side): Promise<void>;
}

/**
 * @param onClosed called once, when it is closed for good
 * @param started resolves when the rollout has first decided which engines to consume
 */
export function createSwitchedConsumer(
  sides: Sides,
  handlers: JobHandlers,
  options: ConsumeOptions,
  {
    started,
    onClosed,
    reportError,
  }: { started: Promise<void>; onClosed: () => void; reportError: ReportError },
): SwitchedConsumer {
  const { name, worker = {} } = sides.target.definition;
  const { concurrency = worker.concurrency ?? 1, limit = worker.limit, gate: outerGate, signal } = options;
  const gate = outerGate ?? createSharedJobGate({ concurrency, limit });
  const running = new Map<Side, Consumer>();
  const subscriptions = new Map<keyof ConsumerEvents, Set<Listener>>();
  let closing: Promise<void> | undefined;

  const forward = (consumer: Consumer): void => {
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
        for (const listener of [...(subscriptions.get(event) ?? [])]) listener(payload as never);
      });
    }
  };

  const start = async (side: Side): Promise<void> => {
    if (closing || running.has(side)) return;
    const place: EngineQueue = onSide(sides, side);
    const consumer = place.consumer.consume(handlers, { concurrency, limit, gate });
    running.set(side, consumer);
    forward(consumer);
    await consumer.ready();
  };

  const stop = async (side: Side): Promise<void> => {
    const consumer = running.get(side);
    running.delete(side);
    await consumer?.close();
  };

  const close: Consumer['close'] = (closeOptions) => {
    closing ??= (async () => {
      onClosed();
      await Promise.all([...running.values()].map((consumer) => consumer.close(closeOptions)));
      running.clear();
    })();
    return closing;
  };

  const closeOnAbort = (): void => {
    close().catch((error: Error) => reportError(error, { engine: 'rollout', queue: name }));
  };
  if (signal?.aborted) closeOnAbort();
  else signal?.addEventListener('abort', closeOnAbort, { once: true });

  return {
    start,
    stop,
    close,
    async ready() {
      await started;
      await Promise.all([...running.values()].map((consumer) => consumer.ready()));
    },
    on(event, listener) {
      const listeners = subscriptions.get(event) ?? new Set();
      subscriptions.set(event, listeners.add(listener as Listener));
      return () => listeners.delete(listener as Listener);
    },
    get running() {
      return [...running.values()].reduce((sum, consumer) => sum + consumer.running, 0);
    },
  };
}
