import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { startRedis, startRedisCluster, startRedisSentinel, type StartRedisOptions } from './index.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function start(options: StartRedisOptions) {
  const server = await startRedis(options);
  cleanups.push(() => server.stop());
  return server;
}

async function answerOf(
  options: RedisOptions,
  url = '',
  ask = (redis: Redis): Promise<string> => redis.ping(),
): Promise<string> {
  const own = { lazyConnect: true, retryStrategy: () => null, ...options };
  const redis = url ? new Redis(url, own) : new Redis(own);
  const refused = new Promise<string>((resolve) => {
    redis.on('error', (error) => resolve(error.message));
  });
  try {
    return await Promise.race([redis.connect().then(() => ask(redis)), refused]).catch(() => refused);
  } finally {
    redis.disconnect();
  }
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await sleep(20);
  }
}

describe('variants of a server', () => {
  it('speaks TLS with a certificate of its own, and nothing else', async () => {
    const server = await start({ tls: true, settings: { requirepass: '"open sesame"' } });
    expect(server.url).toMatch(/^rediss:/);
    expect(await answerOf({ tls: { ca: server.ca } }, server.url)).toBe('PONG');
    expect(await answerOf({}, server.url)).toMatch(/self-signed certificate/);
    expect(await answerOf({ port: server.port })).not.toBe('PONG');
    await server.restart();
    expect(await answerOf({ tls: { ca: server.ca } }, server.url)).toBe('PONG');
  });

  it('knows users, whose rules hold', async () => {
    const users = [{ name: 'app', password: 'p "w" %40', rules: '~app:* +@all -@dangerous +info' }];
    const { port } = await start({ users });
    const login = { port, username: 'app', password: 'p "w" %40' };
    expect(await answerOf(login)).toBe('PONG');
    expect(await answerOf({ ...login, password: 'another' })).toMatch(/WRONGPASS/);
    const redis = new Redis(login);
    cleanups.push(() => redis.disconnect());
    expect(await redis.set('app:1', 1)).toBe('OK');
    await expect(redis.set('other', 1)).rejects.toThrow(/NOPERM/);
    await expect(redis.flushall()).rejects.toThrow(/NOPERM/);
  });

  it('listens on a Unix socket as well', async () => {
    const { socketPath, port } = await start({ unixSocket: true });
    expect(await answerOf({ path: socketPath })).toBe('PONG');
    expect(await answerOf({ port })).toBe('PONG');
  });

  it('refuses users that would become something else in redis.conf', async () => {
    const user = { name: 'app', password: 'p', rules: '~*' };
    await expect(start({ users: [{ ...user, name: 'a b' }] })).rejects.toThrow(TypeError);
    await expect(start({ users: [{ ...user, rules: '~*\nport 1' }] })).rejects.toThrow(TypeError);
    await expect(start({ settings: { user: 'a on nopass' } })).rejects.toThrow(TypeError);
  });
});

it('starts a cluster, promotes a replica and moves a slot with its keys', async () => {
  const cluster = await startRedisCluster({ replicasPerMaster: 1 });
  cleanups.push(() => cluster.stop());
  const client = new Cluster(cluster.addresses);
  client.on('error', () => undefined);
  cleanups.push(() => client.disconnect());
  const slot = Number(await client.cluster('KEYSLOT', '{tag}'));
  for (let n = 0; n < 250; n++) await client.set(`{tag}:${n}`, n);
  const noText = Buffer.concat([Buffer.from('{tag}:'), Buffer.from([0xff, 0xfe])]);
  await client.set(noText, 'bytes');

  const owner = await cluster.ownerOf(slot);
  const [replica] = await cluster.replicasOf(owner);
  if (!replica) throw new Error('no replica');
  await cluster.promote(replica);
  expect((await cluster.ownerOf(slot)).port).toBe(replica.port);
  expect(await client.get('{tag}:249')).toBe('249');

  const other = await cluster.ownerOf((slot + 8000) % 16_384);
  await cluster.moveSlot(slot, other);
  expect((await cluster.ownerOf(slot)).port).toBe(other.port);
  expect(await client.get('{tag}:0')).toBe('0');
  expect(await client.get('{tag}:249')).toBe('249');
  expect(await client.get(noText)).toBe('bytes');

  await other.kill();
  await cluster.untilServing();
  expect((await cluster.ownerOf(slot)).port).not.toBe(other.port);
}, 60_000);

it.each([
  ['a password', () => startRedisCluster({ settings: { requirepass: 'x' } })],
  ['a password', () => startRedisSentinel({ settings: { RequirePass: 'x' } })],
  ['too few masters', () => startRedisCluster({ masters: 2 })],
  ['half a replica', () => startRedisCluster({ replicasPerMaster: 0.5 })],
  ['fewer than no replica', () => startRedisSentinel({ replicas: -1 })],
  ['no sentinel', () => startRedisSentinel({ sentinels: 0 })],
])('refuses %s for several servers before it starts one', async (_, start) => {
  await expect(start()).rejects.toThrow(TypeError);
});

it('starts sentinels that make the replica primary when the primary dies', async () => {
  const group = await startRedisSentinel({ settings: { 'min-replicas-max-lag': '10' } });
  cleanups.push(() => group.stop());
  const first = await group.primary();
  expect(first).toBe(group.servers[0]);
  const redis = new Redis({ name: group.name, sentinels: group.sentinels });
  redis.on('error', () => undefined);
  cleanups.push(() => redis.disconnect());
  await redis.set('key', 'value');
  const [sentinel] = group.sentinels;
  const info = await answerOf(sentinel ?? {}, '', (asked) => asked.info('server'));
  process.kill(Number(/^process_id:(\d+)/m.exec(info)?.[1]), 'SIGKILL');
  expect(await group.primary()).toBe(first);
  expect(await redis.wait(1, 5000)).toBe(1);
  await first.kill();
  await until('another one is primary', async () => (await group.primary()) !== first);
  await until('it answers', async () => (await redis.get('key').catch(() => '')) === 'value');
}, 60_000);
