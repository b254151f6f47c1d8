/** A token bucket per user: so many requests at once, and so many more per second. */
export interface RateLimitOptions {
  readonly capacity: number;
  readonly refillPerSecond: number;
}

export interface RateLimit {
  /** 0 where the request may pass, else after how many seconds one may. */
  take(userId: string): number;
}

export function createRateLimit(options: RateLimitOptions | undefined, now: () => Date): RateLimit {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return {
    take(userId) {
      if (!options) return 0;
      const nowMs = now().getTime();
      const bucket = buckets.get(userId) ?? { tokens: options.capacity, atMs: nowMs };
      const refilled = ((nowMs - bucket.atMs) / 1000) * options.refillPerSecond;
      const tokens = Math.min(options.capacity, bucket.tokens + Math.max(0, refilled));
      const passes = tokens >= 1;
      buckets.set(userId, { tokens: passes ? tokens - 1 : tokens, atMs: nowMs });
      return passes ? 0 : (1 - tokens) / options.refillPerSecond;
    },
  };
}
