import { lacksEvictionPolicy, modeProblem, storeProblem } from './store-problem.js';

const info = (fields: Record<string, string>) =>
  `# Server\r\n${Object.entries({
    redis_version: '7.0.15',
    role: 'master',
    maxmemory_policy: 'noeviction',
    ...fields,
  })
    .map(([name, value]) => `${name}:${value}\r\n`)
    .join('')}`;

test('a fit server has no problem', () => {
  expect(storeProblem(info({}))).toBeNull();
  expect(storeProblem(info({ redis_version: '6.2.0' }))).toBeNull();
  expect(storeProblem(info({ redis_version: '10.0.1' }))).toBeNull();
});

test.each(['6.0.16', '5.0.14', '3.2', '6.1.240'])(
  'Redis %s is too old, and the minimum is named',
  (version) => {
    expect(storeProblem(info({ redis_version: version }))).toMatch(new RegExp(`${version}.*6\\.2\\.0`));
  },
);

test("Valkey is judged by its own version, since it also claims an old Redis's", () => {
  expect(storeProblem(info({ redis_version: '7.2.4', valkey_version: '8.0.1' }))).toBeNull();
});

test('a replica is refused when it is read-only', () => {
  const replica = { role: 'slave', master_host: 'other', master_port: '7000' };
  expect(storeProblem(info({ ...replica, slave_read_only: '1' }))).toMatch(/read-only replica of other:7000/);
  expect(storeProblem(info({ ...replica, slave_read_only: '0' }))).toBeNull();
});

test('an evicting server is refused, by INFO or by what CONFIG said', () => {
  expect(storeProblem(info({ maxmemory_policy: 'allkeys-lru' }))).toMatch(/allkeys-lru.*noeviction/);
  const silent = info({}).replace(/maxmemory_policy.*\r\n/, '');
  expect(lacksEvictionPolicy(silent)).toBe(true);
  expect(lacksEvictionPolicy(info({}))).toBe(false);
  expect(storeProblem(silent, 'volatile-ttl')).toMatch(/volatile-ttl/);
  expect(storeProblem(silent)).toBeNull();
});

test('a node of a cluster and a Sentinel are no servers by themselves', () => {
  expect(modeProblem(info({ redis_mode: 'cluster' }))).toMatch(/lend an ioredis Cluster/);
  expect(modeProblem(info({ redis_mode: 'sentinel' }))).toMatch(/`sentinels` and `name`/);
  expect(modeProblem(info({ redis_mode: 'standalone' }))).toBeNull();
  expect(modeProblem('')).toBeNull();
});
