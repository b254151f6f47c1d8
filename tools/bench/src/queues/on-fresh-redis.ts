import { startRedis } from '@switchyard/local-redis';
import type { ContenderId } from './contender.js';
import { startContender, type ContenderHandle } from './contender-handle.js';

/** Runs a body with a contender in a process of its own on a Redis of its own, and takes both away afterwards. */
export async function onFreshRedis<Result>(
  contender: ContenderId,
  body: (app: ContenderHandle, url: string) => Promise<Result>,
): Promise<Result> {
  const redis = await startRedis();
  try {
    const app = await startContender(contender, redis.url);
    try {
      return await body(app, redis.url);
    } finally {
      await app.end();
    }
  } finally {
    await redis.stop();
  }
}
