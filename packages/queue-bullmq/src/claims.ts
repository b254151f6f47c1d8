import { checkClaim, type QueueClaims } from '@switchyard/queue-contract';
import type { BullMqQueue } from './bullmq-queue.js';
import { releaseClaimLua } from './release-claim.lua.js';
import { createScript } from './script.js';

const releaseClaim = createScript(releaseClaimLua);

export function createClaims(bullMqQueue: BullMqQueue): QueueClaims {
  const redis = bullMqQueue.context.connection;
  const claimKey = (key: string) => bullMqQueue.key(`switchyard:claim:${key}`);

  const claimOne = async (key: string, holder: string, ttlMs: number): Promise<string> => {
    for (;;) {
      if (await redis.set(key, holder, 'PX', ttlMs, 'NX')) return holder;
      const held = await redis.get(key);
      // Without an answer its time ended in between.
      if (held !== null) return held;
    }
  };

  return {
    async claim(keys, holder, ttlMs) {
      checkClaim(`queue "${bullMqQueue.name}"`, keys, holder, ttlMs);
      const claimAll = () => Promise.all(keys.map((key) => claimOne(claimKey(key), holder, ttlMs)));
      return bullMqQueue.use(claimAll, { again: true });
    },
    release: (key, holder) =>
      bullMqQueue.use(async () => void (await releaseClaim(redis, [claimKey(key)], [holder])), {
        again: true,
      }),
  };
}
