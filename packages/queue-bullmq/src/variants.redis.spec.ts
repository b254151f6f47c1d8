import { inspect } from 'node:util';
import {
  parseClientList,
  startRedis,
  startRedisCluster,
  startRedisSentinel,
  type ClientEntry,
  type RedisUser,
} from '@switchyard/local-redis';
import { defineQueue, EngineUnavailableError, InvalidOptionError } from '@switchyard/queue-contract';
import { anything, eventually, exerciseEngine } from '@switchyard/queue-testing';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { Connection } from './connection.js';
import { createBullMqEngine, type BullMqEngine } from './index.js';

const SYNC = defineQueue({ name: 'sync', tier: 'medium', jobs: { work: anything } });
const MAIL = defineQueue({ name: 'mail', tier: 'medium', jobs: { work: anything } });
const QUEUES = [SYNC, MAIL];

/** Ended jobs are looked up at the end, however many there are. */
const KEPT = { removeOnComplete: false } as const;

const SECRET = 'hunter2 %40/:é';
/** What the README says an ACL user needs. */
const NEEDED = '+@read +@write +@connection +eval +evalsha +multi +exec -@dangerous +info';
const NEEDED_ON_CLUSTER = `${NEEDED} +cluster|info +cluster|slots`;
const user = (name: string, prefix = name, needed = NEEDED): RedisUser => ({
  name,
  password: SECRET,
  rules: `~${prefix}:* ${needed}`,
});

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});
const started = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
  const server = await starting;
  cleanups.push(() => server.stop());
  return server;
};
const opened = <T extends Connection>(connection: T): T => {
  connection.on('error', () => undefined);
  cleanups.push(() => connection.disconnect());
  return connection;
};
const lent = (options: RedisOptions) =>
  opened(new Redis({ maxRetriesPerRequest: null, connectionName: 'lent', ...options }));
const engineOn = (
  connection: Connection,
  prefix?: string,
  errors: Error[] = [],
  addTimeoutMs = 5000,
): BullMqEngine => {
  const reportError = (error: Error) => void errors.push(error);
  const engine = createBullMqEngine({ connection, prefix, reportError, addTimeoutMs });
  cleanups.push(() => engine.close({ timeoutMs: 0 }));
  return engine;
};

/** Names of the connections of an engine that both consumes and listens, as its server sees them. */
async function expectThreeConnections(observer: Redis, engine: BullMqEngine): Promise<void> {
  expect(engine.connections()).toEqual({ lent: 1, wait: 1, events: 1 });
  const own = Number(await observer.client('ID'));
  const isOurs = ({ id, name, flags }: ClientEntry) =>
    id !== own && !name.startsWith('sentinel-') && !flags.includes('S');
  const kinds = async () =>
    parseClientList((await observer.client('LIST')) as string)
      .filter(isOurs)
      .map(({ name }) => name.split(';')[0])
      .sort();
  const expected = ['bullmq-shared-events', 'bullmq-shared-wait', 'lent'];
  await eventually('just these are there', kinds, (found) => inspect(found) === inspect(expected));
}

test('a password, in a URL with escapes', async () => {
  const server = await started(startRedis({ settings: { requirepass: JSON.stringify(SECRET) } }));
  const url = `redis://:${encodeURIComponent(SECRET)}@127.0.0.1:${server.port}/0`;
  const engine = engineOn(opened(new Redis(url, { maxRetriesPerRequest: null, connectionName: 'lent' })));
  await exerciseEngine(engine, QUEUES);
  await expectThreeConnections(opened(new Redis(url)), engine);
  expect(engine.keyspace).toBe(`redis://127.0.0.1:${server.port}/0/switchyard`);
});

test('an ACL user with the rights that the README names, and no others', async () => {
  const { port } = await started(startRedis({ users: [user('ours'), user('theirs')] }));
  const login = { port, password: SECRET };
  const engine = engineOn(lent({ ...login, username: 'ours' }), 'ours');
  await exerciseEngine(engine, QUEUES);
  await expectThreeConnections(opened(new Redis(port)), engine);

  const { schedules, inspector, control, producer } = engine.queue(SYNC);
  await schedules.upsert({ id: 'nightly', rule: { cron: '0 3 * * *' }, name: 'work', data: null });
  await control.pause();
  await producer.add('work', 1, { delayMs: 60_000 });
  expect(await inspector.counts()).toMatchObject({ delayed: 2 });
  await control.removeWaiting();
  await control.resume();
  expect(await schedules.remove('nightly')).toBe(true);

  const foreign = engineOn(lent({ ...login, username: 'theirs' }), 'ours');
  await expect(foreign.queue(SYNC).producer.add('work', 1)).rejects.toThrow(/does not allow this user/);
});

test('TLS with a certificate that the client was told to trust', async () => {
  const server = await started(startRedis({ tls: true }));
  const tls = { ca: server.ca };
  const engine = engineOn(lent({ port: server.port, tls }));
  await exerciseEngine(engine, QUEUES);
  await expectThreeConnections(opened(new Redis({ port: server.port, tls })), engine);

  const distrustful = engineOn(lent({ port: server.port, tls: {} }));
  await expect(distrustful.ready()).rejects.toThrow(EngineUnavailableError);
});

test('a Unix socket, and two databases that do not see each other', async () => {
  const { socketPath: path } = await started(startRedis({ unixSocket: true }));
  const first = engineOn(lent({ path, db: 1 }));
  expect(first.keyspace).toBe(`redis://${path}/1/switchyard`);
  await exerciseEngine(first, QUEUES);
  await expectThreeConnections(opened(new Redis({ path })), first);

  const second = engineOn(lent({ path, db: 2 }));
  expect(second.keyspace).toBe(`redis://${path}/2/switchyard`);
  const { id } = await first.queue(SYNC).producer.add('work', 1, { delayMs: 60_000 });
  expect(await second.queue(SYNC).inspector.job(id)).toBeNull();
  expect(await second.withWork(['sync'])).toEqual(new Set());
  expect(await first.withWork(['sync'])).toEqual(new Set(['sync']));
  await exerciseEngine(second, QUEUES);
});

test('Sentinel: jobs go on after the primary has died, and what its replicas had is not lost', async () => {
  const group = await started(startRedisSentinel({ replicas: 2 }));
  const { name, sentinels } = group;
  const connection = lent({ name, sentinels: [...sentinels] });
  let losses = 0;
  connection.on('close', () => losses++);
  const engine = engineOn(connection);
  await exerciseEngine(engine, QUEUES);
  const primary = await group.primary();
  await expectThreeConnections(opened(new Redis(primary.port)), engine);

  const queue = engine.queue(SYNC);
  const early = await queue.producer.add('work', 'early', { ...KEPT, delayMs: 1500 });
  const copied: string[] = [];
  let isOver = false;
  const load = (async () => {
    while (!isOver) {
      const before = losses;
      const { id } = await queue.producer.add('work', copied.length, KEPT).catch(() => ({ id: undefined }));
      // WAIT speaks of what this very connection has written.
      const copies = await connection.wait(2, 200);
      if (id !== undefined && copies === 2 && losses === before) copied.push(id);
    }
  })();
  await eventually('some are copied', () => copied.length > 20);
  await primary.kill();
  await eventually('a replica is primary', async () => (await group.primary()) !== primary);
  const { id: late } = await queue.producer.add('work', 'late', KEPT);
  expect(await queue.events.waitForEnd(late, { timeoutMs: 20_000 })).toBe('did late');
  isOver = true;
  await load;
  for (const id of [early.id, ...copied]) {
    const isDone = async () => (await queue.inspector.job(id))?.state === 'completed';
    await eventually(`job ${id} is done`, isDone);
  }
}, 60_000);

describe('Redis Cluster', () => {
  test('needs a prefix with a hash tag', () => {
    const cluster = opened(new Cluster([7000], { lazyConnect: true }));
    expect(() => createBullMqEngine({ connection: cluster })).toThrow(InvalidOptionError);
    expect(() => createBullMqEngine({ connection: cluster, prefix: 'app' })).toThrow(
      /hash tag.*\{switchyard\}/,
    );
  });

  test('runs all queues on one wait and one reading of events, for an ACL user', async () => {
    const users = [user('app', '{app}', NEEDED_ON_CLUSTER)];
    const cluster = await started(startRedisCluster({ replicasPerMaster: 1, users }));
    const redisOptions = { username: 'app', password: SECRET, maxRetriesPerRequest: null };
    const connection = opened(new Cluster([...cluster.addresses], { redisOptions }));
    const engine = engineOn(connection, '{app}', [], 10_000);
    await exerciseEngine(engine, QUEUES);
    expect(engine.connections()).toEqual({ lent: expect.any(Number), wait: 1, events: 1 });
    expect(engine.connections().lent).toBeLessThanOrEqual(cluster.nodes.length);
    const addresses = cluster.nodes.map(({ port }) => `127.0.0.1:${port}`);
    expect(engine.keyspace).toBe(`redis-cluster://${addresses.sort().join(',')}/{app}`);

    const [node] = cluster.nodes;
    const single = engineOn(lent({ port: node?.port }), '{app}');
    await expect(single.ready()).rejects.toThrow(/lend an ioredis Cluster/);

    const queue = engine.queue(SYNC);
    const added = await queue.producer.addMany(
      Array.from({ length: 50 }, (_, n) => ({ name: 'work' as const, data: n })),
    );
    await Promise.all(added.map(({ id }) => queue.events.waitForEnd(id, { timeoutMs: 10_000 })));
    expect(await queue.inspector.counts()).toMatchObject({ waiting: 0, active: 0 });

    // Adds wait for whoever serves the slot next, also when nobody does for a while.
    const slot = Number(await opened(new Redis(node?.port ?? 0)).cluster('KEYSLOT', '{app}'));
    const master = await cluster.ownerOf(slot);
    const [replica] = await cluster.replicasOf(master);
    if (!replica) throw new Error('it has no replica');
    const changes = [() => cluster.promote(replica), () => replica.kill()];
    for (const change of changes) {
      let isOver = false;
      const changed = change()
        .then(() => cluster.untilServing())
        .then(() => (isOver = true));
      do {
        const { id } = await queue.producer.add('work', 'on');
        expect(await queue.events.waitForEnd(id, { timeoutMs: 15_000 })).toBe('did on');
      } while (!isOver);
      await changed;
    }
    expect(engine.connections()).toMatchObject({ wait: 1, events: 1 });
  }, 60_000);
});

test.each([
  ['a wrong password', { password: SECRET }],
  ['a wrong user', { username: 'nobody', password: SECRET }],
])('%s is told without showing it anywhere', async (_, login) => {
  const { port } = await started(startRedis({ settings: { requirepass: 'another' } }));
  const errors: Error[] = [];
  const connection = lent({ port, ...login });
  connection.on('error', (error) => errors.push(error));
  const engine = engineOn(connection, undefined, errors, 1000);
  const problem: unknown = await engine.ready().catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(EngineUnavailableError);
  expect(String(problem)).toMatch(/refuses the user name or password/);
  const consumer = engine.queue(SYNC).consumer.consume({ work: () => null });
  consumer.ready().catch(() => undefined);
  const added: unknown = await engine
    .queue(SYNC)
    .producer.add('work', 1)
    .catch((error: unknown) => error);
  expect(added).toBeInstanceOf(Error);
  expect(errors.length).toBeGreaterThan(0);
  const all = [problem, added, ...errors, engine.keyspace]
    .map((each) => inspect(each, { depth: 9 }))
    .join('\n');
  expect(all).not.toContain('hunter2');
});
