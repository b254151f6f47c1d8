import { setTimeout as sleep } from 'node:timers/promises';
import {
  billedCommands,
  countConnections,
  parseClientList,
  parseCommandStats,
  startRedis,
} from '@switchyard/local-redis';
import { Redis } from 'ioredis';
import { startAskedProcess, type AskedProcess } from '../asked-process.js';
import { contenders, type ByContender, type ContenderId } from './contender.js';
import type { ContenderOperations } from './contender-operations.js';
import type { EndpointOperations } from './endpoint-process.js';
import { SLOW_MS } from './sizes.js';

export type ContenderHandle = AskedProcess<ContenderOperations>;

export interface Used {
  /** Commands that a metered Redis bills, those inside scripts included. */
  readonly billed: number;
  /** HTTP requests. */
  readonly roundTrips: number;
}

/** A Redis, the REST endpoint before it, and the contenders, each a process. One contender works at a time. */
export interface Stage {
  contender(id: ContenderId): ContenderHandle;
  /** TCP connections to Redis that a contender's process opened. The endpoint has one of its own. */
  readonly connections: ByContender<number>;
  setSlow(isSlow: boolean): Promise<void>;
  /** What a piece of work costs, with what it leaves to be done behind. */
  used(work: () => Promise<unknown>): Promise<Used>;
}

const ENDPOINT_PROGRAM = new URL('./endpoint-process.js', import.meta.url);
const CONTENDER_PROGRAM = new URL('./contender-process.js', import.meta.url);
/** No command for this long: nothing is left to be done. */
const QUIET_MS = 30;

/** Runs a body on a stage, and takes everything away afterwards. */
export async function onStage<Result>(body: (stage: Stage) => Promise<Result>): Promise<Result> {
  const redis = await startRedis();
  const endpoint = startAskedProcess<EndpointOperations>({ title: 'endpoint', program: ENDPOINT_PROGRAM });
  const handles = new Map<ContenderId, ContenderHandle>();
  const watch = new Redis(redis.url, { retryStrategy: () => null });
  try {
    const place = await endpoint.ask('start', { redisUrl: redis.url, slowMs: SLOW_MS });
    const connections: ByContender<number> = {};
    const countAll = async () => countConnections(parseClientList(String(await watch.client('LIST'))));
    for (const { id } of contenders) {
      const before = await countAll();
      const handle = startAskedProcess<ContenderOperations>({ title: id, program: CONTENDER_PROGRAM });
      handles.set(id, handle);
      await handle.ask('open', { contender: id, place });
      connections[id] = (await countAll()) - before;
    }
    const stats = async () => parseCommandStats(await watch.info('commandstats'));
    const quietStats = async () => {
      for (let before = await stats(); ;) {
        await sleep(QUIET_MS);
        const after = await stats();
        if (billedCommands(before, after) === 0) return after;
        before = after;
      }
    };
    return await body({
      connections,
      contender(id) {
        const handle = handles.get(id);
        if (!handle) throw new Error(`${id} is not on stage`);
        return handle;
      },
      setSlow: (isSlow) => endpoint.ask('setSlow', { isSlow }),
      async used(work) {
        const before = await quietStats();
        const requestsBefore = await endpoint.ask('countRequests', {});
        await work();
        const after = await quietStats();
        const roundTrips = (await endpoint.ask('countRequests', {})) - requestsBefore;
        return { billed: billedCommands(before, after), roundTrips };
      },
    });
  } finally {
    watch.disconnect();
    for (const handle of handles.values()) await handle.end();
    await endpoint.end();
    await redis.stop();
  }
}
