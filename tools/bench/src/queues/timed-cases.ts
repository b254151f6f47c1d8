import { Redis } from 'ioredis';
import { percentile } from '../statistics.js';
import { queueNames, type ContenderId } from './contender.js';
import type { ContenderHandle } from './contender-handle.js';
import { onFreshRedis } from './on-fresh-redis.js';
import type { OneJob } from './contender-operations.js';
import type { Sizes } from './sizes.js';

/** What one run times, for one contender. */
export interface TimedFigures {
  readonly jobsPerSecond1: number;
  readonly jobsPerSecond10: number;
  /** CPU time of the contender's process, not of Redis, at concurrency 10. */
  readonly cpuMsPer1000Jobs: number;
  readonly addP95Ms: number;
  readonly sparseP50Ms: number;
  readonly sparseP95Ms: number;
  /** Absent when the contender's delayed jobs were not asked for. */
  readonly delayed?: DelayedFigures;
}

export interface DelayedFigures {
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Below zero: a job ran before it was due. */
  readonly minMs: number;
}

type ByContender<Figures> = Partial<Record<ContenderId, Figures>>;

interface Opened {
  readonly app: ContenderHandle;
  readonly url: string;
}

/** Adds of one contender are timed in this many parts, the other contenders' in between. */
const ADD_PARTS = 10;
/** Between the end of a sparse job and whatever comes next; the workers are idle again well within it. */
const SPARSE_GAP_MS = 10;
/** How long after it was added a delayed job is due, in turn. */
const DELAYS_MS = [100, 150, 200, 250, 300, 350, 400];

/**
 * One run: every case of every contender. All have their process and Redis for the whole run, and take turns within
 * each case, as finely as it can be cut, so that whatever else the machine does hits all of them alike. Only one of
 * them works at a time.
 *
 * @param ids in the order of their turns.
 * @param delayedIds whose delayed jobs are timed.
 */
export function measureTimedRun(
  ids: readonly ContenderId[],
  delayedIds: readonly ContenderId[],
  sizes: Sizes,
): Promise<ByContender<TimedFigures>> {
  return openAll(ids, new Map(), async (opened) => {
    const eachInTurn = async <Result>(
      body: (app: ContenderHandle, id: ContenderId, url: string) => Promise<Result>,
    ): Promise<ByContender<Result>> => {
      const results: ByContender<Result> = {};
      for (const [id, { app, url }] of opened) results[id] = await body(app, id, url);
      return results;
    };
    const drain = async (concurrency: number, jobsPerQueue: number) =>
      eachInTurn(async (app, id, url) => {
        const drained = await drainOne(app, concurrency, jobsPerQueue);
        await openAfresh(app, id, url);
        return drained;
      });

    await drain(1, sizes.warmUpJobsPerQueue);
    const one = await drain(1, sizes.drainedJobsPerQueue);
    const ten = await drain(10, sizes.drainedJobsPerQueue);

    await eachInTurn(async (app) => {
      await app.ask('startWorkers', { concurrency: 1, handlerMs: 0 });
      await app.ask('burst', { jobsPerQueue: sizes.warmUpJobsPerQueue });
    });
    const addMs: ByContender<number[]> = {};
    for (let part = 0; part < ADD_PARTS; part++) {
      await eachInTurn(async (app, id) => {
        const added = await app.ask('addOneByOne', { count: Math.ceil(sizes.addedJobs / ADD_PARTS) });
        (addMs[id] ??= []).push(...added.addMs);
      });
    }
    const sparse: ByContender<OneJob[]> = {};
    for (let job = 0; job < sizes.sparseJobs; job++) {
      await eachInTurn(async (app, id) => {
        const queue = job % queueNames.length;
        (sparse[id] ??= []).push(await app.ask('runOne', { queue, restMs: SPARSE_GAP_MS }));
      });
    }
    const delayed: ByContender<OneJob[]> = {};
    for (let job = 0; job < sizes.delayedJobs; job++) {
      for (const id of delayedIds) {
        const app = opened.get(id)?.app;
        if (!app) throw new Error(`${id} takes no part in this run`);
        const delayMs = DELAYS_MS[job % DELAYS_MS.length];
        const queue = job % queueNames.length;
        (delayed[id] ??= []).push(await app.ask('runOne', { queue, delayMs, restMs: SPARSE_GAP_MS }));
      }
    }

    return eachInTurn(async (_app, id) => {
      const latencyMs = (sparse[id] ?? []).map((job) => job.latencyMs);
      const late = delayed[id]?.map((job) => job.latenessMs);
      return {
        jobsPerSecond1: one[id]?.jobsPerSecond ?? Number.NaN,
        jobsPerSecond10: ten[id]?.jobsPerSecond ?? Number.NaN,
        cpuMsPer1000Jobs: ten[id]?.cpuMsPer1000Jobs ?? Number.NaN,
        addP95Ms: percentile(addMs[id] ?? [], 0.95),
        sparseP50Ms: percentile(latencyMs, 0.5),
        sparseP95Ms: percentile(latencyMs, 0.95),
        ...(late ? { delayed: delayedFigures(late) } : {}),
      };
    });
  });
}

/** Opens one after the other and runs the body with all of them. */
function openAll<Result>(
  ids: readonly ContenderId[],
  opened: Map<ContenderId, Opened>,
  body: (opened: ReadonlyMap<ContenderId, Opened>) => Promise<Result>,
): Promise<Result> {
  const [id, ...others] = ids;
  if (id === undefined) return body(opened);
  return onFreshRedis(id, (app, url) => openAll(others, opened.set(id, { app, url }), body));
}

function delayedFigures(latenessMs: readonly number[]): DelayedFigures {
  return {
    p50Ms: percentile(latenessMs, 0.5),
    p95Ms: percentile(latenessMs, 0.95),
    minMs: Math.min(...latenessMs),
  };
}

async function drainOne(app: ContenderHandle, concurrency: number, jobsPerQueue: number) {
  await app.ask('fill', { jobsPerQueue });
  const { durationMs, cpuMs } = await app.ask('drain', { concurrency });
  const jobs = jobsPerQueue * queueNames.length;
  return { jobsPerSecond: (jobs * 1000) / durationMs, cpuMsPer1000Jobs: (cpuMs * 1000) / jobs };
}

async function openAfresh(app: ContenderHandle, contender: ContenderId, url: string): Promise<void> {
  await app.ask('close', {});
  const redis = new Redis(url, { retryStrategy: () => null });
  await redis.flushall();
  redis.disconnect();
  await app.ask('open', { contender, url });
}
