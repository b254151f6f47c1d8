import { findRedisServer } from '@switchyard/local-redis';
import type { Benchmark } from '../benchmark.js';
import { installedVersions } from '../environment.js';
import { redisVersion } from '../redis-version.js';
import { casesOf } from './cases.js';
import { BASELINE, contenders } from './contender.js';
import { CALLS_PER_KEY } from './http-operations.js';
import { limitsOf } from './limits.js';
import { measure } from './measure.js';
import { CALLERS, FULL, QUICK, RACE_LIMIT, SLOW_MS } from './sizes.js';

export const httpBenchmark: Benchmark = {
  name: 'http',
  description:
    'cache, limiters and idempotency over HTTP Redis: commands, round trips, time (about 5 minutes)',
  async run({ quick, onProgress }) {
    await findRedisServer({ onProgress });
    const sizes = quick ? QUICK : FULL;
    const cases = casesOf(await measure(sizes, onProgress));
    return {
      contenders,
      baseline: BASELINE,
      cases,
      limits: limitsOf(cases),
      versions: {
        node: process.versions.node,
        redis: await redisVersion(),
        ...installedVersions(['@upstash/redis', '@upstash/ratelimit', 'bentocache', 'ioredis']),
      },
      notes: [
        `Timed figures are medians of ${sizes.runs} interleaved runs (${SLOW_MS} ms: ${sizes.slowRuns}), their ratios medians of the ratios within a run.`,
        'Where @upstash/redis has no such operation, its times are those of one GET (limiters, cached read), of GET and',
        'SET (miss), of SET NX and SET (claim and complete, unfenced): what the calls alone take.',
        `0 ms, ${SLOW_MS} ms: what the REST endpoint adds to every request. BentoCache speaks TCP to the same Redis, without`,
        'an HTTP server in between; its latency is that of a relay.',
        `Limiters: ${CALLS_PER_KEY} checks on a key, limit 60 a minute. While windows pass: windows of 0.4 s.`,
        `Admitted: ${CALLERS} callers who never rest, from three quarters of a window of the clock on, limit ${RACE_LIMIT}. Counted are`,
        'calls that began and ended within one window. A bucket may admit its capacity and what it gains meanwhile.',
        'Four calls: what is rejected counts as well, so that callers who do not rest are never admitted again.',
        'billed: what a Redis metered by command charges, what scripts run inside included.',
      ],
    };
  },
};
