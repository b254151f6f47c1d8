import { findRedisServer } from '@switchyard/local-redis';
import type { Benchmark } from '../benchmark.js';
import { installedVersions } from '../environment.js';
import { bullVersion, hasBull, WITHOUT_BULL } from '../optional-bull.js';
import { casesOf } from './cases.js';
import { BASELINE, contenders } from './contender.js';
import { limitsOf } from './limits.js';
import { measure } from './measure.js';
import { redisVersion } from '../redis-version.js';
import { FULL, QUICK } from './sizes.js';

export const queuesBenchmark: Benchmark = {
  name: 'queues',
  description: '11 queues and 11 workers on Bull, stock BullMQ and shared connections (about 8 minutes)',
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
        ...bullVersion(),
        ...installedVersions(['bullmq', 'ioredis']),
      },
      notes: [
        ...(hasBull() ? [] : [WITHOUT_BULL]),
        `Timed figures are medians of ${sizes.runs} interleaved runs, their ratios medians of the ratios within a run.`,
        'sent: what clients send. billed: sent, and what scripts run inside; without AUTH, HELLO, SELECT, COMMAND,',
        'CONFIG, INFO, PING, RESET and QUIT.',
      ],
    };
  },
};
