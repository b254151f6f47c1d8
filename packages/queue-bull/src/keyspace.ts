import type { Redis } from 'ioredis';

/**
 * Tells apart where queues lie: server, database and prefix, neither user nor password. What `keyPrefix` the lent
 * connection itself has does not matter: the engine's commands go out without it.
 */
export function keyspaceOf({ options }: Redis, prefix: string): string {
  const { host = 'localhost', port = 6379, path, db = 0, sentinels, name } = options;
  if (sentinels) {
    const addresses = sentinels.map((each) => `${each.host ?? 'localhost'}:${each.port ?? 6379}`);
    return `redis-sentinel://${addresses.sort().join(',')}/${name ?? ''}/${db}/${prefix}`;
  }
  return `redis://${path ?? `${host}:${port}`}/${db}/${prefix}`;
}
