import type { ChainableCommander } from 'ioredis';
import type { Lent } from './origin.js';

/** Should the process die before its wait has popped the key, the key goes by itself. */
const RESIDUE_SECONDS = 60;

/** Makes a `BZPOPMIN` that lists `key` return. Two billed commands. */
export function interruptWait(lent: Lent, key: string): Promise<void> {
  return run(lent.pipeline().zadd(key, 0, 'wake').expire(key, RESIDUE_SECONDS));
}

/** Makes an `XREAD` that lists `key` return. Two billed commands. */
export function interruptEvents(lent: Lent, key: string): Promise<void> {
  return run(lent.pipeline().xadd(key, 'MAXLEN', 1, '*', 'wake', '1').expire(key, RESIDUE_SECONDS));
}

async function run(pipeline: ChainableCommander): Promise<void> {
  for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
}
