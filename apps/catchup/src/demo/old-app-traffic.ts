import { setTimeout as sleep } from 'node:timers/promises';
import { measureIdle, type Idle } from './idle.js';
import { kindOf, type JobKind } from './job-kinds.js';
import { startOldApp, type OldApp, type OldAppJob } from './old-app.js';
import { orAborted, type Stage } from './stage.js';
import { traffic, type QueueTraffic } from './traffic.js';

/** How the connections of what adds jobs through Bull are called; they are not CatchUp's. */
export const PRODUCER_NAME = 'legacy-producer';
const REPEATING_QUEUE = 'webhook-health-check';
const PAUSED_QUEUE = 'batch-notifications';
const COLON_QUEUE = 'google-contacts-sync';
const REPEAT_EVERY_MS = 4000;
const BETWEEN_ADDS_MS = 70;

/** How long the first backlog of a queue is going to keep its workers busy; the paused one starts late. */
const fillSeconds = (name: string, position: number) => (name === PAUSED_QUEUE ? 2 : 6 + 3 * position);
const fillCount = (position: number) => 40 + 10 * position;

/** Runs the old app with nothing to do, counts, and ends it. */
export async function measureOldApp(stage: Stage): Promise<Idle> {
  const { state, signal } = stage;
  state.step('Starting the old app: 11 queues and their workers on Bull');
  const app = start(stage);
  await orAborted(app.ask('open', { queues: traffic.map(queueSettings) }), signal);
  const idle = await measureIdle(stage, 'The old app idle: 11 queues on Bull');
  await app.stop('message');
  state.connectionsWereBefore();
  return idle;
}

export interface OldAppProducer {
  readonly pausedQueue: string;
  readonly repeatingQueue: string;
  /** Adds no more, and ends; resolves when the last add was answered. */
  stop(): Promise<void>;
}

/**
 * The part of the old app that adds jobs: fills the queues, and goes on for a while after the workers were replaced,
 * as during any rolling deploy. Resolves when the queues are filled.
 */
export async function startOldAppProducer(stage: Stage): Promise<OldAppProducer> {
  const app = start(stage);
  const queues = traffic.map((queue) => ({ ...queueSettings(queue), concurrency: 0 }));
  await orAborted(app.ask('open', { connectionName: PRODUCER_NAME, queues }), stage.signal);

  const producer = createProducer(stage, app);
  await orAborted(producer.fill(), stage.signal);
  const adding = producer.goOn();
  adding.catch((error: Error) => stage.fail(error));
  return {
    pausedQueue: PAUSED_QUEUE,
    repeatingQueue: REPEATING_QUEUE,
    async stop() {
      producer.endSoon();
      await adding;
      await app.stop('message');
    },
  };
}

function start(stage: Stage): OldApp {
  const app = startOldApp(stage.redisUrl, (error) => stage.fail(error));
  stage.atEnd(() => app.stop('SIGKILL'));
  return app;
}

function createProducer({ state, signal }: Stage, app: OldApp) {
  const { ledger } = state;
  const added = new Map<string, number>();
  let ending = false;

  /** Adds jobs of all kinds, and enters those that Redis took. */
  async function add(
    queue: QueueTraffic,
    count: number,
    latencyMs: number,
    maxDelayMs: number,
  ): Promise<void> {
    const planned = Array.from({ length: count }, () => {
      const n = added.get(queue.name) ?? 0;
      added.set(queue.name, n + 1);
      const kind = kindOf(n, { latencyMs, maxDelayMs, priorities: queue.priorities });
      const name = queue.jobNames[n % queue.jobNames.length] ?? null;
      return { kind, name, data: queue.payload(n, Date.now(), kind.remote), options: bullOptions(kind) };
    });
    const jobs = planned.map(({ name, data, options }) => ({ name, data, options }));
    const ids = await app.ask('add', { queue: queue.name, jobs });
    ledger.accept(
      planned.map(({ kind: { meant, calls } }, index) => ({
        queue: queue.name,
        id: ids[index] ?? 'none',
        meant,
        calls,
      })),
    );
  }

  /** Ids with a colon are common in Bull apps, and so is adding such a job again to make sure it is there. */
  async function addTwiceUnderOneId(): Promise<void> {
    const { name, payload } = trafficOf(COLON_QUEUE);
    const job = {
      name: 'sync',
      data: payload(7, Date.now(), { latencyMs: 20 }),
      options: { jobId: 'contacts:user-7', attempts: 3 },
    };
    const ids = await app.ask('add', { queue: name, jobs: [job, job] });
    ledger.accept(ids.map((id) => ({ queue: name, id, meant: 'complete', calls: 1 })));
  }

  async function addRepeatable(): Promise<void> {
    const { name, payload } = trafficOf(REPEATING_QUEUE);
    const data = payload(1, Date.now(), { latencyMs: 5 });
    const job = { name: 'check-channels', data, options: { repeat: { every: REPEAT_EVERY_MS } } };
    const [id] = await app.ask('add', { queue: name, jobs: [job] });
    ledger.watch({ queue: name, everyMs: REPEAT_EVERY_MS, firstSlotMs: Number(id?.split(':').at(-1)) });
  }

  return {
    async fill() {
      await app.ask('pause', PAUSED_QUEUE);
      state.setPaused(PAUSED_QUEUE, true);
      await Promise.all(
        traffic.map((queue, position) => {
          const count = fillCount(position);
          const latencyMs = (fillSeconds(queue.name, position) * 1000 * queue.concurrency) / count;
          return add(queue, count, latencyMs, 25_000);
        }),
      );
      await addTwiceUnderOneId();
      await addRepeatable();
    },
    async goOn() {
      for (let n = 0; !ending && !signal.aborted; n++) {
        const queue = traffic[n % traffic.length];
        if (queue) await add(queue, 1, 30, 5000);
        await sleep(BETWEEN_ADDS_MS);
      }
    },
    endSoon: () => void (ending = true),
  };
}

const queueSettings = ({ name, concurrency, jobNames }: QueueTraffic) => ({ name, concurrency, jobNames });

function bullOptions({ attempts, backoffMs, delayMs, priority }: JobKind): OldAppJob['options'] {
  return {
    attempts,
    ...(backoffMs !== undefined && { backoff: { type: 'fixed', delay: backoffMs } }),
    ...(delayMs !== undefined && { delay: delayMs }),
    ...(priority !== undefined && { priority }),
  };
}

function trafficOf(name: string): QueueTraffic {
  const queue = traffic.find((candidate) => candidate.name === name);
  if (!queue) throw new Error(`no queue ${name}`);
  return queue;
}
