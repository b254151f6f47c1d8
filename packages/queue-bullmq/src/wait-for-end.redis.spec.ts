import { shareConnections, type SharedConnections } from '@switchyard/bullmq-shared-connections';
import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { createBullMqQueue, type BullMqQueue } from './bullmq-queue.js';
import { createEventHub, type EventHub } from './event-hub.js';
import { createFaultReport } from './fault-report.js';
import { createPatience } from './patience.js';
import { createWaitForEnd } from './wait-for-end.js';

const DEAF: Pick<EventHub, 'subscribe'> = { subscribe: async () => async () => undefined };

let server: RedisServer;
let connection: Redis;
let shared: SharedConnections;
let queue: BullMqQueue;
let hub: EventHub;
let queues = 0;

beforeAll(async () => {
  server = await startRedis();
  connection = new Redis(server.url, { maxRetriesPerRequest: null });
  shared = shareConnections(connection);
});
afterAll(async () => {
  await shared.close();
  connection.disconnect();
  await server.stop();
});
beforeEach(() => {
  const context = {
    engine: 'bullmq',
    connection,
    shared,
    prefix: 'switchyard',
    lockMs: 30_000,
    patience: createPatience('bullmq', connection, 5000),
    faults: createFaultReport('bullmq', connection, undefined),
    isClosed: () => false,
    onClose: () => () => undefined,
  };
  queue = createBullMqQueue(context, `wait-${++queues}`);
  hub = createEventHub(queue);
});
afterEach(async () => {
  await hub.close();
  await queue.close();
});

const add = (id: string) =>
  queue.use((bullMq) => bullMq.add('work', null, { jobId: id, removeOnComplete: true, removeOnFail: true }));

/** Runs the one job that waits, to the end, and leaves nothing of it. */
async function runAway(processor: () => Promise<unknown>): Promise<void> {
  const worker = new Worker(queue.name, processor, {
    prefix: 'switchyard',
    connection: { host: '127.0.0.1', port: server.port },
  });
  await new Promise<void>((resolve) => {
    worker.once('completed', () => resolve());
    worker.once('failed', () => resolve());
  });
  await worker.close();
}

/** Lets something happen the first time it is called, before it answers. */
function once<Args extends unknown[], T>(
  happen: () => Promise<unknown>,
  answer: (...args: Args) => Promise<T>,
) {
  let happened = false;
  return async (...args: Args): Promise<T> => {
    const answered = await answer(...args);
    if (!happened) {
      happened = true;
      await happen();
    }
    return answered;
  };
}

const ENDS: readonly [string, () => Promise<unknown>, unknown][] = [
  ['completes', () => runAway(async () => ({ all: 'well' })), { all: 'well' }],
  ['completes with null', () => runAway(async () => null), null],
  [
    'fails',
    () => runAway(() => Promise.reject(new Error('broken'))),
    { code: 'SWITCHYARD_JOB_FAILED', reason: 'broken' },
  ],
  ['is removed', () => queue.use((bullMq) => bullMq.remove('job-1')), { code: 'SWITCHYARD_JOB_REMOVED' }],
];

describe.each(ENDS)('a job that %s and leaves nothing behind', (_, happen, expected) => {
  const wait = (decorated: EventHub) =>
    createWaitForEnd(queue, decorated)('job-1', 10_000).catch((error: unknown) => error);
  const expectEnd = (end: unknown, wanted: unknown) =>
    wanted === null ? expect(end).toBeNull() : expect(end).toMatchObject(wanted as object);

  test('between looking and listening', async () => {
    await add('job-1');
    expectEnd(
      await wait({ ...hub, subscribe: once(happen, DEAF.subscribe) as EventHub['subscribe'] }),
      expected,
    );
  });

  test('while one listens', async () => {
    await add('job-1');
    let subscriptions = 0;
    const subscribe: EventHub['subscribe'] = async (...args) => {
      const end = await hub.subscribe(...args);
      if (++subscriptions === 4) setImmediate(() => void happen());
      return end;
    };
    expectEnd(await wait({ ...hub, subscribe }), expected);
  });

  test('between the call and the first look', async () => {
    await add('job-1');
    const end = await wait({ ...hub, position: once(happen, hub.position) });
    expectEnd(end, expected);
  });
});

test('an end that nobody hears of is seen', async () => {
  await add('job-1');
  let subscriptions = 0;
  const subscribe: EventHub['subscribe'] = async (...args) => {
    // Behind the look that follows the last subscription.
    if (++subscriptions === 4) setTimeout(() => void runAway(async () => 'unheard'), 300);
    return DEAF.subscribe(...args);
  };
  expect(await createWaitForEnd(queue, { ...hub, subscribe })('job-1', 30_000)).toBe('unheard');
}, 40_000);

test('it waits no longer than it was told, even when the store hangs', async () => {
  await add('job-1');
  process.kill(server.pid, 'SIGSTOP');
  const startedAtMs = performance.now();
  try {
    await expect(createWaitForEnd(queue, hub)('job-1', 200)).rejects.toMatchObject({
      code: 'SWITCHYARD_WAIT_TIMEOUT',
    });
    expect(performance.now() - startedAtMs).toBeLessThan(3000);
  } finally {
    process.kill(server.pid, 'SIGCONT');
  }
});
