import { findRedisServer } from '@switchyard/local-redis';
import type { Benchmark, Contender } from '../benchmark.js';
import { installedVersions } from '../environment.js';
import { bullVersion, hasBull, WITHOUT_BULL } from '../optional-bull.js';
import type { AppEngine } from '../port-app/app-operations.js';
import { redisVersion } from '../redis-version.js';
import { LOCK_MS, runThroughFaults } from './app-run.js';
import { casesOf, remarksOn } from './cases.js';
import { ALL_FAULTS, FEW_FAULTS } from './faults.js';
import { limitsOf } from './limits.js';

const apps: readonly (Contender & { readonly id: AppEngine })[] = [
  { id: 'bullmq', title: 'BullMQ engine' },
  ...(hasBull()
    ? [
        { id: 'bull' as const, title: 'Bull engine' },
        { id: 'rollout' as const, title: 'rollout' },
      ]
    : []),
];

/** Each app has a process, a proxy and a Redis of its own; they go through their outages at the same time. */
export const outagesBenchmark: Benchmark = {
  name: 'outages',
  description: '20 restarts and 20 broken connections under load, every job accounted for (about 4 minutes)',
  async run({ quick, onProgress }) {
    await findRedisServer({ onProgress });
    const runs = await Promise.all(
      apps.map(({ id }) =>
        runThroughFaults({
          engine: id,
          faults: quick ? FEW_FAULTS : ALL_FAULTS,
          loadMs: quick ? 300 : 500,
          withSilence: !quick,
          onProgress,
        }),
      ),
    );
    const cases = casesOf(runs);
    return {
      contenders: apps,
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
        `Locks last ${LOCK_MS / 1000} s. The rollout moves all its queues before each outage and ends on BullMQ.`,
        'Times count from the moment the server answers PING again, or the network is well.',
        ...remarksOn(runs),
      ],
    };
  },
};
