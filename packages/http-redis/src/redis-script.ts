import { createHash } from 'node:crypto';
import type { RedisReply } from './http-redis.js';

export interface RedisScriptSource {
  /** As its file is called, such as `take-sliding-window`; the account of commands shows it. */
  readonly name: string;
  readonly lua: string;
  /**
   * Commands that a metered Redis bills for one run: the call itself and what the script runs inside. A function is asked
   * with the reply; where there was none, or it answers no number, 1 is counted.
   */
  readonly billed: number | ((reply: RedisReply) => number);
  /** Whether running it twice does the same as once. Default false. */
  readonly isSafeToRepeat?: boolean;
}

/** A Lua script that is called by its hash. */
export interface RedisScript extends Required<RedisScriptSource> {
  /** SHA-1 of the text, in hexadecimal, as EVALSHA takes it. */
  readonly sha1: string;
}

export function defineScript(source: RedisScriptSource): RedisScript {
  const sha1 = createHash('sha1').update(source.lua).digest('hex');
  return Object.freeze({ isSafeToRepeat: false, ...source, sha1 });
}
