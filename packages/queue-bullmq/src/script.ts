import { createHash } from 'node:crypto';
import { asError } from './as-error.js';
import type { Connection } from './connection.js';

/** A Lua script, called by its hash; its text travels only to a server that does not know it. */
export function createScript(
  lua: string,
): (redis: Connection, keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown> {
  const sha1 = createHash('sha1').update(lua).digest('hex');
  return async (redis, keys, args) => {
    try {
      return await redis.evalsha(sha1, keys.length, ...keys, ...args);
    } catch (error) {
      if (!asError(error).message.startsWith('NOSCRIPT')) throw error;
      return redis.eval(lua, keys.length, ...keys, ...args);
    }
  };
}
