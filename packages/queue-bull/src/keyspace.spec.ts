import { Redis, type RedisOptions } from 'ioredis';
import { keyspaceOf } from './keyspace.js';

const login = { username: 'hunter', password: 'hunter2', sentinelPassword: 'hunter2' };
const lazy = (options: RedisOptions) => new Redis({ ...login, ...options, lazyConnect: true });

test.each([
  [lazy({ host: 'h', port: 7, db: 3 }), 'redis://h:7/3/bull'],
  [lazy({}), 'redis://localhost:6379/0/bull'],
  [lazy({ path: '/run/redis.sock', db: 1 }), 'redis:///run/redis.sock/1/bull'],
  [
    lazy({ name: 'queues', sentinels: [{ host: 'b' }, { host: 'a', port: 7 }] }),
    'redis-sentinel://a:7,b:6379/queues/0/bull',
  ],
])('tells server, database and prefix of connection %#, and nothing secret', (connection, keyspace) => {
  expect(keyspaceOf(connection, 'bull')).toBe(keyspace);
  connection.disconnect();
});
