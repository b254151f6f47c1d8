import type { Redis } from 'ioredis';
import { literalPattern } from './subscriber.js';

/** Keys asked for in one step: few enough that nobody waits for it. */
const KEYS_PER_STEP = 1000;

/** Every key that begins with a text, in no order, some of them twice. Reads only, and as SCAN does: never all at once. */
export async function* scanKeys(
  client: Redis,
  start: string,
  endPattern = '*',
): AsyncGenerator<readonly string[]> {
  let cursor = '0';
  do {
    const pattern = `${literalPattern(start)}${endPattern}`;
    const [next, keys] = await client.scan(cursor, 'MATCH', pattern, 'COUNT', KEYS_PER_STEP);
    if (keys.length > 0) yield keys;
    cursor = next;
  } while (cursor !== '0');
}

/** Which of these keys are of a type. */
export async function ofType(
  client: Redis,
  keys: readonly string[],
  type: string,
): Promise<readonly string[]> {
  const types = client.pipeline();
  for (const key of keys) types.type(key);
  const replies = (await types.exec()) ?? [];
  return keys.filter((_, n) => replies[n]?.[1] === type);
}

/**
 * The queues that Bull has under a prefix: it counts the jobs of each in `<prefix>:<queue>:id`. A job's hash may end
 * like that, too; a counter is a string.
 */
export async function findQueueNames(client: Redis, prefix: string): Promise<readonly string[]> {
  const names = new Set<string>();
  for await (const keys of scanKeys(client, `${prefix}:`, '*:id')) {
    for (const key of await ofType(client, keys, 'string')) {
      names.add(key.slice(prefix.length + 1, -':id'.length));
    }
  }
  return [...names].filter((name) => name !== '').sort();
}
