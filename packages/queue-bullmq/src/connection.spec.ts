import { InvalidOptionError } from '@switchyard/queue-contract';
import { Cluster, Redis, type ClusterNode, type RedisOptions } from 'ioredis';
import { addressOf, checkPrefixOn, keyspaceOf, type Connection } from './connection.js';

const opened: Connection[] = [];
afterEach(() => {
  for (const connection of opened.splice(0)) connection.disconnect();
});

const lazy = (options: RedisOptions): Redis => {
  const redis = new Redis({ ...options, lazyConnect: true });
  opened.push(redis);
  return redis;
};
const lazyCluster = (...nodes: ClusterNode[]): Cluster => {
  const cluster = new Cluster(nodes, { lazyConnect: true, redisOptions: { password: 'hunter2' } });
  opened.push(cluster);
  return cluster;
};
const login = { username: 'hunter', password: 'hunter2' };

test.each([
  [lazy({ ...login, host: 'h', port: 7, db: 3 }), 'h:7', 'redis://h:7/3/p'],
  [lazy(login), 'localhost:6379', 'redis://localhost:6379/0/p'],
  [lazy({ ...login, path: '/run/redis.sock' }), '/run/redis.sock', 'redis:///run/redis.sock/0/p'],
  [
    lazy({
      ...login,
      name: 'queues',
      sentinels: [{ host: 'b' }, { host: 'a', port: 7 }],
      sentinelPassword: 'hunter2',
    }),
    '"queues" of the sentinels b:6379, a:7',
    'redis-sentinel://a:7,b:6379/queues/0/p',
  ],
  [
    lazyCluster('redis://hunter:hunter2@b:7', 'c', 7000, { host: 'a', port: 8 }),
    'the cluster of b:7, c:6379, localhost:7000, a:8',
    'redis-cluster://a:8,b:7,c:6379,localhost:7000/p',
  ],
])('says where connection %# leads, and nothing secret', (connection, address, keyspace) => {
  expect(addressOf(connection)).toBe(address);
  expect(keyspaceOf(connection, 'p')).toBe(keyspace);
});

test('on a cluster a prefix needs a hash tag', () => {
  const cluster = lazyCluster(7000);
  for (const prefix of ['switchyard', 'a{}b', 'a{b', '}{']) {
    expect(() => checkPrefixOn(cluster, prefix)).toThrow(InvalidOptionError);
    expect(() => checkPrefixOn(lazy({}), prefix)).not.toThrow();
  }
  for (const prefix of ['{switchyard}', 'app:{queues}:live']) checkPrefixOn(cluster, prefix);
});
