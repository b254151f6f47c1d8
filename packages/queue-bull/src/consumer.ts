import {
  ClosedError,
  closeLimitMs,
  resolveConsumeOptions,
  type Consumer,
  type ConsumeOptions,
  type JobHandlers,
  type JobSchemas,
  type QueueDefinition,
} from '@switchyard/queue-contract';
import { createAttempts } from './attempts.js';
import { createBlockingPop } from './blocking-pop.js';
import { makeBullQueue } from './bull-queue.js';
import { BullSubscriber } from './bull-subscriber.js';
import { startBullWorker } from './bull-worker.js';
import { createConsumerEvents, forwardEvents } from './consumer-events.js';
import type { EngineContext } from './engine-context.js';
import { HAND_BACK_JOB } from './hand-back-job.lua.js';
import { scheduleNextFiring } from './next-firing.js';
import { createPutAside } from './put-aside.js';
import { createRateLimiter } from './rate-limit.js';
import { settledWithin } from './settled-within.js';

/**
 * How long a close waits for a Redis that is silent. A job that it did not get back runs again later, and of a
 * subscription that never came about there is nothing to end.
 */
const STORE_LIMIT_MS = 1000;

/**
 * Consumes with one of Bull's queue objects of its own, so that ending it disturbs nothing else.
 *
 * Bull asks for jobs, keeps their locks, looks for stalled and delayed ones and records what became of them. It is
 * kept from what the contract wants otherwise: its time-outs, its backoff, its repeatable jobs and its way to end.
 *
 * @param onClosed called when it holds nothing any more
 * @throws InvalidOptionError for worker settings that are not allowed
 */
export function startConsumer<S extends JobSchemas>(
  context: EngineContext,
  definition: QueueDefinition<S>,
  handlers: JobHandlers<S>,
  options: ConsumeOptions,
  onClosed: (consumer: Consumer) => void,
): Consumer {
  const queue = definition.name;
  const { concurrency, limit } = resolveConsumeOptions(definition, options);
  if (options.signal?.aborted) return closedConsumer(queue);

  let closed: Promise<void> | undefined;
  const { client, run, call, outages } = context;
  const keys = context.keys(queue);
  const events = createConsumerEvents((error) => outages.task(error, queue));
  const report = (error: Error) => {
    outages.task(error, queue);
    events.emit('error', { error });
  };
  const subscriber = new BullSubscriber(context.subscriber, report);
  const pop = createBlockingPop(client, context.connections);
  const putAside = createPutAside(run, keys);
  const attempts = createAttempts(context, definition, handlers, options.gate);
  const bull = makeBullQueue(keys.queue, {
    prefix: context.prefix,
    client,
    lockMs: context.lockMs,
    subscriber,
    blocking: () => pop.open(bull.clientName()),
  });
  bull.nextRepeatableJob = (name, data, jobOptions) =>
    scheduleNextFiring(run, keys, name, JSON.stringify(data) ?? 'null', jobOptions);
  forwardEvents(bull, events.emit, (error) => {
    // Bull may ask for its blocking connection when it is being closed already.
    if (!(closed && error instanceof ClosedError)) report(error);
  });

  const handBack = async (storedId: string): Promise<void> => {
    const { active, wait, paused, metaPaused, stalled, priority, base } = keys;
    const hash = base + storedId;
    const places = [active, wait, paused, metaPaused, stalled, priority, hash, `${hash}:lock`];
    try {
      await call(() => run(HAND_BACK_JOB, places, [storedId, bull.token]));
    } catch (error) {
      // It is run again when its lock has run out.
      report(error as Error);
    }
  };

  const limiter = limit && createRateLimiter(run, keys.limiter, limit);
  const worker = startBullWorker(bull, concurrency, limiter, {
    prepare(job) {
      attempts.prepare(job);
      putAside.release(String(job.id)).catch(report);
    },
    process: attempts.process,
    handBack: (job) => handBack(String(job.id)),
    report,
  });

  let giveUp: () => void = () => {};
  const gaveUp = new Promise<void>((resolve) => (giveUp = resolve));

  async function end(): Promise<void> {
    options.signal?.removeEventListener('abort', endSoon);
    worker.stop();
    attempts.giveBackWaiting(new ClosedError(`consumer of queue "${queue}"`));
    const idle = pop.stop().then(() => worker.idle());
    const ended = await Promise.race([idle.then(() => true), gaveUp.then(() => false)]);
    if (!ended) {
      const abandoned = attempts.abandon(new ClosedError(`consumer of queue "${queue}"`));
      await settledWithin(Promise.all(abandoned.map(handBack)), STORE_LIMIT_MS);
    }
    await worker.close();
    await pop.close();
    await settledWithin(subscriber.close(), STORE_LIMIT_MS);
    giveUp(); // whoever waits for a start that did not come
    onClosed(consumer);
  }
  const endSoon = () => void close();
  const close = async ({ timeoutMs }: { readonly timeoutMs?: number } = {}): Promise<void> => {
    closed ??= end();
    const timer = timeoutMs === undefined ? undefined : setTimeout(giveUp, closeLimitMs(timeoutMs));
    try {
      await closed;
    } finally {
      clearTimeout(timer);
    }
  };
  options.signal?.addEventListener('abort', endSoon, { once: true });

  const consumer: Consumer = {
    async ready() {
      if (!closed) await Promise.race([worker.started, gaveUp]);
      if (closed) throw new ClosedError(`consumer of queue "${queue}"`);
    },
    on: events.on,
    get running() {
      return attempts.running;
    },
    close,
  };
  return consumer;
}

function closedConsumer(queue: string): Consumer {
  return {
    ready: () => Promise.reject(new ClosedError(`consumer of queue "${queue}"`)),
    on: () => () => {},
    running: 0,
    close: () => Promise.resolve(),
  };
}
