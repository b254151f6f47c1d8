import { InvalidOptionError } from '@switchyard/queue-contract';
import { Cluster, Redis } from 'ioredis';
import { Cluster as Cluster6, Redis as Redis6 } from 'ioredis-6';
import { createBullMqEngine } from './index.js';

const lazy = { lazyConnect: true };
const nodes = [{ host: '127.0.0.1', port: 1 }];

function refusalOf(connection: unknown): InvalidOptionError {
  try {
    createBullMqEngine({ connection: connection as Redis, prefix: '{app}' });
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidOptionError);
    return error as InvalidOptionError;
  }
  throw new Error('it was accepted');
}

test.each([
  ['to a server', new Redis(lazy)],
  ['through Sentinel', new Redis({ ...lazy, sentinels: nodes, name: 'main' })],
  ['to a cluster', new Cluster(nodes, lazy)],
])('a connection of ioredis 5 is taken: %s', async (_, connection) => {
  await createBullMqEngine({ connection, prefix: '{app}' }).close();
});

test.each([
  ['as it comes', new Redis6(lazy)],
  ['told to speak the older protocol', new Redis6({ ...lazy, protocol: 2 })],
  ['to a cluster', new Cluster6(nodes, lazy)],
])('[28] one of ioredis 6 is refused, %s, with what to lend instead', (_, connection) => {
  expect(refusalOf(connection)).toMatchObject({
    code: 'SWITCHYARD_INVALID_OPTION',
    option: 'connection',
    value: 'an ioredis client of version 6 or newer',
    allowed: expect.stringContaining('ioredis 5'),
  });
});

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a URL', 'redis://127.0.0.1'],
  ['options', { host: '127.0.0.1' }],
  ['a client whose numbers are strings', new Redis({ ...lazy, stringNumbers: true })],
])('%s is refused', (_, connection) => {
  expect(refusalOf(connection).option).toBe('connection');
});

test.each([
  ['a client', new Redis({ ...lazy, keyPrefix: 'app:' })],
  ['a cluster', new Cluster(nodes, { ...lazy, keyPrefix: 'app:' })],
  ['the nodes of a cluster', new Cluster(nodes, { ...lazy, redisOptions: { keyPrefix: 'app:' } })],
])('[2] a keyPrefix of %s is refused: BullMQ would lose its own keys behind it', (_, connection) => {
  expect(refusalOf(connection)).toMatchObject({ option: 'keyPrefix of the connection', value: 'app:' });
});
