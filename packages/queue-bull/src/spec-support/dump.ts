import type { Redis } from 'ioredis';

/**
 * Everything under a pattern, value by value, and whether it expires. DUMP itself would not do: the bytes of a hash
 * change while Redis enlarges its table, which reading drives on.
 */
export async function dumpAll(client: Redis, pattern = '*'): Promise<ReadonlyMap<string, string>> {
  const dumps = new Map<string, string>();
  for (const key of (await client.keys(pattern)).sort()) {
    const [type, expiry] = await Promise.all([client.type(key), client.pttl(key)]);
    const content = JSON.stringify(await contentOf(client, key, type));
    dumps.set(key, `${type} that ${expiry < 0 ? 'stays' : 'expires'}: ${content}`);
  }
  return dumps;
}

async function contentOf(client: Redis, key: string, type: string): Promise<unknown> {
  if (type === 'hash') return Object.entries(await client.hgetall(key)).sort();
  if (type === 'list') return client.lrange(key, 0, -1);
  if (type === 'zset') return client.zrange(key, 0, -1, 'WITHSCORES');
  if (type === 'set') return (await client.smembers(key)).sort();
  if (type === 'string') return client.get(key);
  throw new Error(`${key} is a ${type}`);
}

/** The keys that differ. */
export function changed(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter((key) => before.get(key) !== after.get(key)).sort();
}
