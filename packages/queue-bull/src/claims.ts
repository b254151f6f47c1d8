import { checkClaim, type QueueClaims } from '@switchyard/queue-contract';
import type { EngineContext } from './engine-context.js';
import { RELEASE_CLAIM } from './release-claim.lua.js';

export function createClaims({ keys: keysOf, client, run, call }: EngineContext, queue: string): QueueClaims {
  const { base } = keysOf(queue);
  const claimKey = (key: string) => `${base}switchyard:claim:${key}`;

  async function claimOne(key: string, holder: string, ttlMs: number): Promise<string> {
    for (;;) {
      if (await client.set(key, holder, 'PX', ttlMs, 'NX')) return holder;
      const held = await client.get(key);
      // Without an answer its time ended in between.
      if (held !== null) return held;
    }
  }

  return {
    async claim(keys, holder, ttlMs) {
      checkClaim(`queue "${queue}"`, keys, holder, ttlMs);
      const claimAll = () => Promise.all(keys.map((key) => claimOne(claimKey(key), holder, ttlMs)));
      return call(claimAll, 'repeatable');
    },
    async release(key, holder) {
      await call(() => run(RELEASE_CLAIM, [claimKey(key)], [holder]), 'repeatable');
    },
  };
}
