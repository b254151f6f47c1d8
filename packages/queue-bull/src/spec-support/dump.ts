import type { Redis } from 'ioredis';

/** Everything in a Redis, byte by byte, with what is left of each key's time. */
export async function dumpAll(client: Redis, pattern = '*'): Promise<ReadonlyMap<string, string>> {
  const dumps = new Map<string, string>();
  for (const key of (await client.keys(pattern)).sort()) {
    const [bytes, expiry] = await Promise.all([client.dumpBuffer(key), client.pttl(key)]);
    dumps.set(key, `${expiry < 0 ? 'stays' : 'expires'} ${bytes?.toString('base64')}`);
  }
  return dumps;
}

/** The keys that differ. */
export function changed(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter((key) => before.get(key) !== after.get(key)).sort();
}
