import { findRedisServer } from '@switchyard/local-redis';
import type { Benchmark } from '../benchmark.js';
import { installedVersions } from '../environment.js';
import { bullVersion, hasBull, WITHOUT_BULL } from '../optional-bull.js';
import { redisVersion } from '../redis-version.js';
import { casesOf, CONTENDER } from './cases.js';
import { limitsOf } from './limits.js';
import { runLoad } from './load-run.js';
import { fullSizes, QUICK_SIZES } from './sizes.js';

export const loadBenchmark: Benchmark = {
  name: 'load',
  description: '11 queues, 3 processes, 110 000 jobs at once and then a trickle for 10 minutes, or --minutes',
  takesMinutes: true,
  async run({ quick, minutes, onProgress }) {
    await findRedisServer({ onProgress });
    const sizes = quick ? QUICK_SIZES : fullSizes(minutes);
    const cases = casesOf(await runLoad(sizes, onProgress));
    return {
      contenders: [{ id: CONTENDER, title: 'rollout on BullMQ' }],
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
        'Three processes, each producer and consumer of all queues, through the rollout with every queue on BullMQ.',
        ...(hasBull() ? ['The Bull engine is beside it, empty.'] : []),
        'Growth: slope (Theil–Sen) without the first fifth of the samples.',
      ],
    };
  },
};
