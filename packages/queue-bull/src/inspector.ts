import {
  JobNotFoundError,
  JobStateError,
  resolveClean,
  resolveJobsPage,
  type Job,
  type JobInspector,
  type JobsPage,
  type JobSchemas,
  type JobState,
  type QueueDefinition,
} from '@switchyard/queue-contract';
import type Bull from 'bull';
import { storedOptions, toJob, type JobFields } from './bull-job.js';
import type { EngineContext } from './engine-context.js';
import { findJob, type FoundJob } from './find-job.js';
import { decodeJobId } from './job-ids.js';
import { scheduleNextFiring } from './next-firing.js';
import { RETRY_JOB } from './retry-job.lua.js';

export function createInspector<S extends JobSchemas>(
  context: EngineContext,
  definition: QueueDefinition<S>,
): JobInspector {
  const { engine, client, run, call } = context;
  const queue = definition.name;
  const keys = context.keys(queue);
  const bull = context.bull(queue);

  const find = (id: string) => call(() => findJob(run, keys, id));

  async function findIn(state: JobState, id: string): Promise<FoundJob> {
    const found = await find(id);
    if (!found) throw new JobNotFoundError(queue, id);
    if (found.state !== state) throw new JobStateError(queue, id, found.state, state);
    return found;
  }

  /** Ids of one state, first to last as the port wants them; from and to count from 0, to included. */
  async function idsIn(state: JobState, from: number, to: number): Promise<readonly string[]> {
    if (state === 'waiting') {
      // The next to run is at the right end. While a queue is paused all of them are in the other list.
      const lists = [keys.paused, keys.wait].map((key) => client.lrange(key, -(to + 1), -1));
      const ids = (await Promise.all(lists)).flatMap((list) => list.reverse());
      return ids.slice(from, to + 1);
    }
    if (state === 'active') return client.lrange(keys.active, from, to);
    return client.zrevrange(keys[state], from, to);
  }

  async function idsOn({
    states,
    offset,
    limit,
  }: JobsPage): Promise<readonly (readonly [string, JobState])[]> {
    const found: (readonly [string, JobState])[] = [];
    const end = offset + limit;
    for (const state of states) {
      if (found.length >= end) break;
      const ids = await idsIn(state, 0, end - found.length - 1);
      found.push(...ids.map((id) => [id, state] as const));
    }
    return found.slice(offset, end);
  }

  return {
    async job(id) {
      const found = await find(id);
      return found && toJob(engine, queue, found.storedId, found.state, found.fields);
    },

    async jobs(states, page) {
      const wanted = resolveJobsPage(queue, states, page);
      const found = wanted.limit === 0 ? [] : await call(() => idsOn(wanted));
      if (found.length === 0) return [];
      const hashes = client.pipeline();
      for (const [id] of found) hashes.hgetall(keys.base + id);
      const replies = (await call(() => hashes.exec())) ?? [];
      return found.flatMap(([storedId, state], n): Job[] => {
        const fields = replies[n]?.[1] as JobFields | undefined;
        // Removed since its id was read.
        if (!fields || Object.keys(fields).length === 0) return [];
        return [toJob(engine, queue, storedId, state, fields)];
      });
    },

    async counts() {
      const counts = await call(() => bull.getJobCounts());
      const { waiting, active, completed, failed, delayed } = counts;
      const { paused = 0 } = counts as Bull.JobCounts & { paused?: number };
      return { waiting: waiting + paused, delayed, active, completed, failed };
    },

    async deduplicated(deduplicationId) {
      const key = `${keys.base}de:${deduplicationId}`;
      const storedId = await call(() => client.get(key));
      if (storedId === null) return null;
      const id = decodeJobId(storedId);
      const [ttlMs, found] = await Promise.all([call(() => client.pttl(key)), find(id)]);
      // Without a time to live it goes with the job's end; should it be left behind, it means nothing.
      const isPending = found !== null && found.state !== 'completed' && found.state !== 'failed';
      return ttlMs >= 0 || isPending ? id : null;
    },

    async logs(id) {
      const found = await find(id);
      return found ? call(() => client.lrange(`${keys.base}${found.storedId}:logs`, 0, -1)) : [];
    },

    async retry(id) {
      const { storedId, fields } = await findIn('failed', id);
      const { failed, wait, paused, metaPaused, priority, base } = keys;
      const places = [failed, wait, paused, metaPaused, priority, base + storedId];
      const push = storedOptions(fields).lifo ? 'RPUSH' : 'LPUSH';
      const channel = `${base}waiting@${bull.token}`;
      const retried = await call(() => run(RETRY_JOB, places, [storedId, push, Date.now(), channel]));
      // Somebody else was faster; what it is now, the caller should know.
      if (retried !== 1) await findIn('failed', id);
    },

    async promote(id) {
      const { storedId } = await findIn('delayed', id);
      const job = await call(() => bull.getJob(storedId));
      if (!job) throw new JobNotFoundError(queue, id);
      try {
        await call(() => job.promote());
      } catch (error) {
        await findIn('delayed', id);
        throw error;
      }
    },

    async remove(id) {
      const found = await find(id);
      if (!found) return false;
      const { storedId, fields } = found;
      if (found.state === 'active') throw new JobStateError(queue, id, 'active', 'any other');
      const options = storedOptions(fields);
      if (options.repeat) {
        // Only this firing goes; its schedule stays and needs the next one.
        const { name = '', data = '{}' } = fields;
        await call(() => scheduleNextFiring(run, keys, name, data, options));
      }
      const job = await call(() => bull.getJob(storedId));
      if (!job) return false;
      try {
        await call(() => job.remove());
      } catch (error) {
        if ((await find(id))?.state === 'active') throw new JobStateError(queue, id, 'active', 'any other');
        throw error;
      }
      await call(() => client.publish(keys.removed, storedId));
      return true;
    },

    async clean(state, options) {
      const { olderThanMs, limit } = resolveClean(queue, state, options);
      if (limit === 0) return [];
      // Bull removes what ended before a moment, not at it.
      const ids = await call(() => bull.clean(olderThanMs - 1, state, limit));
      return (ids as unknown as string[]).map(decodeJobId);
    },
  };
}
