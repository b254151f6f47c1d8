import { Redis } from 'ioredis';
import { percentile } from '../statistics.js';
import { queueNames, type ContenderId } from './contender.js';
import type { ContenderHandle } from './contender-handle.js';
import { onFreshRedis } from './on-fresh-redis.js';
import type { Sizes } from './sizes.js';

/** One run of everything that is timed, for one contender. */
export interface TimedFigures {
  readonly jobsPerSecond1: number;
  readonly jobsPerSecond10: number;
  /** CPU time of the contender's process, not of Redis, at concurrency 10. */
  readonly cpuMsPer1000Jobs: number;
  readonly addP95Ms: number;
  readonly sparseP50Ms: number;
  readonly sparseP95Ms: number;
}

export interface DelayedFigures {
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Below zero: a job ran before it was due. */
  readonly minMs: number;
}

/** Between the end of a sparse job and the next; the workers are idle again well within it. */
const SPARSE_GAP_MS = 25;

export function measureTimed(contender: ContenderId, sizes: Sizes): Promise<TimedFigures> {
  return onFreshRedis(contender, async (app, url) => {
    const afresh = () => openAfresh(app, contender, url);
    await drain(app, 1, sizes.warmUpJobsPerQueue);
    await afresh();
    const one = await drain(app, 1, sizes.drainedJobsPerQueue);
    await afresh();
    const ten = await drain(app, 10, sizes.drainedJobsPerQueue);
    await afresh();
    await app.ask('startWorkers', { concurrency: 1, handlerMs: 0 });
    await app.ask('burst', { jobsPerQueue: sizes.warmUpJobsPerQueue });
    const { addMs } = await app.ask('addOneByOne', { count: sizes.addedJobs });
    const sparse = await app.ask('runOneByOne', { count: sizes.sparseJobs, gapMs: SPARSE_GAP_MS });
    const latencyMs = sparse.map((job) => job.latencyMs);
    return {
      jobsPerSecond1: one.jobsPerSecond,
      jobsPerSecond10: ten.jobsPerSecond,
      cpuMsPer1000Jobs: ten.cpuMsPer1000Jobs,
      addP95Ms: percentile(addMs, 0.95),
      sparseP50Ms: percentile(latencyMs, 0.5),
      sparseP95Ms: percentile(latencyMs, 0.95),
    };
  });
}

/** Delayed jobs, one at a time, nothing else to do: due 100 to 400 ms after they are added. */
export function measureDelayed(contender: ContenderId, sizes: Sizes): Promise<DelayedFigures> {
  return onFreshRedis(contender, async (app) => {
    await app.ask('startWorkers', { concurrency: 1, handlerMs: 0 });
    await app.ask('runOneByOne', { count: queueNames.length, gapMs: SPARSE_GAP_MS });
    const delaysMs = Array.from({ length: 7 }, (_, index) => 100 + index * 50);
    const jobs = await app.ask('runOneByOne', { count: sizes.delayedJobs, gapMs: SPARSE_GAP_MS, delaysMs });
    const latenessMs = jobs.map((job) => job.latenessMs);
    return {
      p50Ms: percentile(latenessMs, 0.5),
      p95Ms: percentile(latenessMs, 0.95),
      minMs: Math.min(...latenessMs),
    };
  });
}

async function drain(app: ContenderHandle, concurrency: number, jobsPerQueue: number) {
  await app.ask('fill', { jobsPerQueue });
  const { durationMs, cpuMs } = await app.ask('drain', { concurrency });
  const jobs = jobsPerQueue * queueNames.length;
  return { jobsPerSecond: (jobs * 1000) / durationMs, cpuMsPer1000Jobs: (cpuMs * 1000) / jobs };
}

async function openAfresh(app: ContenderHandle, contender: ContenderId, url: string): Promise<void> {
  await app.ask('close', {});
  const redis = new Redis(url);
  await redis.flushall();
  redis.disconnect();
  await app.ask('open', { contender, url });
}
