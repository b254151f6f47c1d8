import { startRedis } from '@switchyard/local-redis';
import { Redis } from 'ioredis';

/** The version of the server that everything here runs on, as it says itself. */
export async function redisVersion(): Promise<string> {
  const server = await startRedis();
  const redis = new Redis(server.url);
  try {
    const info = await redis.info('server');
    // Valkey calls itself redis 7.2.4 for old clients and tells its own name beside it.
    const valkey = /^valkey_version:(.+?)\r?$/m.exec(info)?.[1];
    return valkey ? `Valkey ${valkey}` : (/^redis_version:(.+?)\r?$/m.exec(info)?.[1] ?? 'unknown');
  } finally {
    redis.disconnect();
    await server.stop();
  }
}
