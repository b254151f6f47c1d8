import { watchCommands, type CommandCount } from './command-counter.js';
import { queueNames, type ContenderId } from './contender.js';
import { onFreshRedis } from './on-fresh-redis.js';
import type { Sizes } from './sizes.js';

export interface JobCost {
  readonly sentPerJob: number;
  readonly billedPerJob: number;
}

/** No command for this long: the contender is idle. Longer than any pause that one makes between two commands. */
const QUIET_MS = 100;

/** One job at a time, round the queues; the next only once the last has ended and the contender is idle again. */
export function measureSparseCost(contender: ContenderId, handlerMs: number, sizes: Sizes): Promise<JobCost> {
  return onFreshRedis(contender, async (app, url) => {
    const counter = await watchCommands(url);
    try {
      await app.ask('startWorkers', { concurrency: 1, handlerMs });
      // One of each queue before counting: scripts get loaded, keys made.
      await app.ask('burst', { jobsPerQueue: 1 });
      await counter.untilQuiet(QUIET_MS);
      const stop = await counter.start();
      for (let job = 0; job < sizes.countedJobs; job++) {
        await app.ask('runOne', { queue: job % queueNames.length });
        await counter.untilQuiet(QUIET_MS);
      }
      return perJob(await stop(), sizes.countedJobs);
    } finally {
      counter.close();
    }
  });
}

/** All at once to idle workers, in one bulk call a queue. */
export function measureBurstCost(contender: ContenderId, sizes: Sizes): Promise<JobCost> {
  return onFreshRedis(contender, async (app, url) => {
    const counter = await watchCommands(url);
    try {
      await app.ask('startWorkers', { concurrency: 1, handlerMs: 0 });
      await app.ask('burst', { jobsPerQueue: 1 });
      await counter.untilQuiet(QUIET_MS);
      const stop = await counter.start();
      await app.ask('burst', { jobsPerQueue: sizes.burstJobsPerQueue });
      await counter.untilQuiet(QUIET_MS);
      return perJob(await stop(), sizes.burstJobsPerQueue * queueNames.length);
    } finally {
      counter.close();
    }
  });
}

function perJob({ sent, billed }: CommandCount, jobs: number): JobCost {
  return { sentPerJob: sent / jobs, billedPerJob: billed / jobs };
}
