import { Redis } from 'ioredis';
import { startRedis, type RedisServer } from '../redis-server.js';
import { readOnlyRefusal } from './read-only-commands.js';

type CommandInfo = [name: string, arity: number, flags: string[]];

let server: RedisServer;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const commandsOfRedis = async () => (await redis.call('COMMAND')) as CommandInfo[];

it('lets nothing through that Redis knows to write, to administer or to block', async () => {
  const commands = await commandsOfRedis();
  const allowed = commands.filter(([name]) => readOnlyRefusal(name) === undefined);
  const harmful = allowed.filter(([, , flags]) =>
    flags.some((flag) => ['write', 'admin', 'pubsub', 'noscript'].includes(flag)),
  );
  expect(harmful.map(([name]) => name)).toEqual([]);
  expect(allowed.length).toBeGreaterThan(70);
});

it('keeps from reading only what walks through all keys, runs code or draws', async () => {
  const commands = await commandsOfRedis();
  const refusedReads = commands.filter(
    ([name, , flags]) => flags.includes('readonly') && readOnlyRefusal(name) !== undefined,
  );
  expect(refusedReads.map(([name]) => name).sort()).toEqual([
    'eval_ro',
    'evalsha_ro',
    'fcall_ro',
    'keys',
    'lolwut',
    'randomkey',
    'scan',
    'touch',
  ]);
});
