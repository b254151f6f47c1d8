import type { CallOptions, HttpRedis } from '@switchyard/http-redis';
import { UnexpectedReplyError } from './errors.js';
import type { Demand, LimitCounter, Verdict } from './limit-counter.js';
import { TAKE_LIMITS } from './take-limits.lua.js';

const HEADER = 3;
const PER_LIMIT = 5;

/**
 * Counts in Redis, in one script. What it believes Redis's time to be comes from the last reply and only decides in which
 * order the script asks; skewed or stale, it costs a command and changes no decision.
 *
 * @param now ms of a clock that does not jump
 */
export function createRedisCounter(redis: HttpRedis, timeoutMs: number, now: () => number): LimitCounter {
  const options = (waitedMs = 0): CallOptions => ({
    source: 'rate-limit',
    timeoutMs: Math.max(1, Math.floor(timeoutMs - waitedMs)),
    retry: 'none',
  });
  let serverAheadMs: number | null = null;

  const run = async (mode: 'take' | 'peek', demands: readonly Demand[], waitedMs?: number) => {
    const sentMs = now();
    const believedMs = serverAheadMs === null ? 0 : Math.round(sentMs + serverAheadMs);
    const reply = await redis.script(
      TAKE_LIMITS,
      demands.map(({ key }) => key),
      [mode, believedMs, ...demands.flatMap(argumentsFor)],
      options(waitedMs),
    );
    const numbers = checkedReply(reply, demands.length);
    // Of when it was sent, so that the belief is of when the next will have arrived.
    serverAheadMs = (numbers[1] as number) - sentMs;
    return demands.map((_, at) => verdictOf(numbers, HEADER + at * PER_LIMIT));
  };

  return {
    take: (demands, waitedMs) => run('take', demands, waitedMs),
    peek: (demands) => run('peek', demands),
    async reset(keys) {
      await redis.del(keys, { ...options(), retry: 'once-quickly', isSafeToRepeat: true });
    },
  };
}

function argumentsFor({ rule, units, leasable }: Demand): (string | number)[] {
  if (rule.kind === 'bucket') return ['bucket', rule.limit, rule.gainPerMs, 0, units, 0, 0];
  const { limit, windowMs, grainMs, lease } = rule;
  return ['window', limit, windowMs, grainMs, units, leasable, lease?.leaseMs ?? 0];
}

function checkedReply(reply: unknown, limits: number): readonly number[] {
  const isExpected =
    Array.isArray(reply) &&
    reply.length === HEADER + limits * PER_LIMIT &&
    reply.every((each) => Number.isSafeInteger(each));
  if (!isExpected) throw new UnexpectedReplyError();
  return reply as readonly number[];
}

function verdictOf(numbers: readonly number[], from: number): Verdict {
  const [fits, remaining, resetAfterMs, waitMs, leased] = numbers.slice(from, from + PER_LIMIT) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const wait =
    fits === 1 ? { retryAfterMs: 0, nextAfterMs: waitMs } : { retryAfterMs: waitMs, nextAfterMs: 0 };
  return { fits: fits === 1, remaining, resetAfterMs, ...wait, leased };
}
