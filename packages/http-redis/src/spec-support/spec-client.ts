import { createHttpRedisIn, type HttpRedisOptions } from '../create-http-redis.js';
import type { HttpRedis } from '../http-redis.js';
import { retryDelayMs } from '../retry-delay.js';

export interface SpecClient extends HttpRedis {
  /** The waits before tries, as they would have been. */
  readonly waitsMs: readonly number[];
}

/** A client whose waits between tries take a millisecond. */
export function createSpecClient(options: Partial<HttpRedisOptions> & { readonly url: string }): SpecClient {
  const waitsMs: number[] = [];
  const redis = createHttpRedisIn(
    { token: 'spec-token', ...options },
    {
      nowMs: () => performance.now(),
      random: () => 0.5,
      retryDelayMs(...args) {
        const waitMs = retryDelayMs(...args);
        if (waitMs === null) return null;
        waitsMs.push(waitMs);
        return 1;
      },
    },
  );
  return { ...redis, waitsMs };
}
