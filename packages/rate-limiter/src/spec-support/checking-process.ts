// A process of its own that asks a limiter: `node … checking-process.ts URL TOKEN POLICIES`. Orders come and answers go by
// Node's channel between parent and child.
import { createHttpRedis, type HttpRedis, type RedisReply } from '@switchyard/http-redis';
import { setTimeout as wait } from 'node:timers/promises';
import { createRateLimiter, type LimitRequest, type Policies, type RateLimitOutcome } from '../index.js';

export interface CheckingOrder {
  readonly requests: readonly LimitRequest<Policies>[];
  /** Checks that run at once. */
  readonly concurrent: number;
  /** Each goes on for so long: a pause after it was admitted, else when it was told to try again. Default: once each. */
  readonly durationMs?: number;
  /** Default 0. */
  readonly pauseMs?: number;
}

export interface CheckingAnswer {
  readonly outcomes: Readonly<Record<RateLimitOutcome, number>>;
  /** When each check was admitted, in ms since 1970: by Redis's clock, or by this machine's where a lease served it. */
  readonly admittedAtMs: readonly number[];
}

const [url, token, policies] = process.argv.slice(2) as [string, string, string];
const redis = createHttpRedis({ url, token });
let admittedAtMs: number[] = [];
const limiter = createRateLimiter<Policies>({
  redis: { ...redis, script: noteTime },
  policies: JSON.parse(policies) as Policies,
  whenUnavailable: 'reject',
  // What is tried here is who is admitted, however long a busy machine takes.
  timeoutMs: 10_000,
});

async function noteTime<T extends RedisReply>(...call: Parameters<HttpRedis['script']>): Promise<T> {
  const reply = await redis.script(...call);
  const [, timeMs, isTaken] = reply as number[];
  if (isTaken === 1) admittedAtMs.push(timeMs as number);
  return reply as T;
}

async function carryOut(order: CheckingOrder): Promise<CheckingAnswer> {
  const { requests, concurrent, durationMs = 0, pauseMs = 0 } = order;
  const outcomes = { allowed: 0, limited: 0, unavailable: 0 };
  const endsAtMs = performance.now() + durationMs;
  admittedAtMs = [];
  const checkOnAndOn = async () => {
    do {
      const { outcome, results, retryAfterMs } = await limiter.checkAll(requests);
      outcomes[outcome] += 1;
      if (results[0]?.answeredBy === 'lease') admittedAtMs.push(Date.now());
      const restMs = outcome === 'allowed' ? pauseMs : retryAfterMs;
      if (restMs > 0) await wait(Math.min(restMs, endsAtMs - performance.now()));
    } while (performance.now() < endsAtMs);
  };
  await Promise.all(Array.from({ length: concurrent }, checkOnAndOn));
  return { outcomes, admittedAtMs };
}

process.on('message', (order: CheckingOrder) => {
  void carryOut(order).then((answer) => process.send?.(answer));
});
process.send?.('ready');
