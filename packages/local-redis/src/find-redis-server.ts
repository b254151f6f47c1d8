import {
  cacheFolderOf,
  fetchDebianProgram,
  findOnPath,
  isExecutable,
  readOsRelease,
} from '@switchyard/local-server';
import { debianRedis } from './debian-redis.js';
import { RedisServerNotFoundError } from './errors.js';
import { installAdvice } from './install-advice.js';

/** A Redis or Valkey server that can be started. */
export interface RedisServerBinary {
  readonly path: string;
  /** What the server needs in its environment, e.g. where its unpacked libraries are. */
  readonly env: Readonly<Record<string, string>>;
  readonly source: 'REDIS_SERVER_BINARY' | 'PATH' | 'fetched';
}

export interface FindRedisServerOptions {
  /** Where REDIS_SERVER_BINARY and PATH are read. Default: this process's environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Where a fetched server is kept. Default: `.cache/redis` of this project. */
  readonly cacheFolder?: string;
  /** Hears one line before anything that takes long. */
  readonly onProgress?: (message: string) => void;
}

/**
 * Finds a server: `REDIS_SERVER_BINARY`, else `redis-server` or `valkey-server` on PATH, else, on Debian and
 * Ubuntu, the distribution's package unpacked into the cache folder (no root, no service). Safe to call from
 * several processes at once.
 *
 * @throws {RedisServerNotFoundError} with what to install on this system.
 */
export async function findRedisServer(options: FindRedisServerOptions = {}): Promise<RedisServerBinary> {
  const { env = process.env, cacheFolder = cacheFolderOf('redis'), onProgress = () => undefined } = options;

  const named = env.REDIS_SERVER_BINARY;
  if (named) {
    if (await isExecutable(named)) return { path: named, env: {}, source: 'REDIS_SERVER_BINARY' };
    throw new RedisServerNotFoundError(`REDIS_SERVER_BINARY=${named} is not an executable file.`);
  }
  for (const name of ['redis-server', 'valkey-server']) {
    const path = await findOnPath(name, env.PATH);
    if (path) return { path, env: {}, source: 'PATH' };
  }

  const os = await readOsRelease();
  if (!os.isDebianLike) throw new RedisServerNotFoundError(installAdvice(os));
  try {
    const fetched = await fetchDebianProgram({ program: debianRedis, os, cacheFolder, env, onProgress });
    return { ...fetched, source: 'fetched' };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RedisServerNotFoundError(`${installAdvice(os)}\nFetching the package failed: ${reason}`, {
      cause,
    });
  }
}
