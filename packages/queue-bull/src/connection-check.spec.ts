import { InvalidOptionError } from '@switchyard/queue-contract';
import { Cluster, Redis } from 'ioredis';
import { Redis as Redis6 } from 'ioredis-6';
import { createBullEngine } from './create-bull-engine.js';

describe('a connection that is lent', () => {
  const refusalOf = (connection: unknown): InvalidOptionError => {
    try {
      createBullEngine({ connection: connection as Redis });
    } catch (error) {
      if (error instanceof InvalidOptionError) return error;
      throw error;
    }
    throw new Error('it was accepted');
  };

  test('may be of ioredis 5, to a server or through Sentinel', async () => {
    for (const connection of [
      new Redis({ lazyConnect: true }),
      new Redis({ lazyConnect: true, sentinels: [{ host: '127.0.0.1', port: 1 }], name: 'master' }),
    ]) {
      await createBullEngine({ connection }).close();
    }
  });

  test('[28] is refused when it is of ioredis 6', () => {
    const connection = new Redis6({ lazyConnect: true });
    expect(refusalOf(connection)).toMatchObject({
      code: 'SWITCHYARD_INVALID_OPTION',
      option: 'connection',
      message: expect.stringContaining('ioredis 5'),
    });
    const older = new Redis6({ lazyConnect: true, protocol: 2 });
    expect(refusalOf(older).message).toContain('version 6');
  });

  test('is refused when it is a Cluster, with what to lend instead', () => {
    const connection = new Cluster([{ host: '127.0.0.1', port: 1 }], { lazyConnect: true });
    expect(refusalOf(connection).message).toMatch(/Cluster.*to one server, by itself or through Sentinel/s);
    connection.disconnect();
  });

  test.each([
    ['nothing', undefined],
    ['a URL', 'redis://127.0.0.1'],
    ['options', { host: '127.0.0.1' }],
    ['a client whose numbers are strings', new Redis({ lazyConnect: true, stringNumbers: true })],
  ])('is refused when it is %s', (_, connection) => {
    expect(refusalOf(connection).option).toBe('connection');
  });
});
