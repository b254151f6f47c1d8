import { randomUUID } from 'node:crypto';
import {
  EngineUnavailableError,
  parsePayload,
  resolveJobOptions,
  type JobName,
  type JobOptions,
  type JobProducer,
  type JobReference,
  type JobSchemas,
  type QueueDefinition,
} from '@switchyard/queue-contract';
import type { Queue } from 'bullmq';
import type { BullMqQueue } from './bullmq-queue.js';
import { storableData } from './storable-data.js';
import { callerId, storedId } from './stored-id.js';
import { storedOptions, type StoredOptions } from './stored-options.js';

/** One pipeline each: larger ones block Redis, and this process, for too long. */
const JOBS_PER_CHUNK = 500;

interface CheckedJob<Name extends string = string> {
  readonly name: Name;
  readonly data: unknown;
  readonly opts: StoredOptions & { readonly jobId: string };
}

export function createProducer<S extends JobSchemas>(
  bullMqQueue: BullMqQueue,
  definition: QueueDefinition<S>,
): JobProducer<S> {
  const where = `queue "${definition.name}"`;
  const carriesPriorities = definition.priorities ?? false;

  const check = async <N extends JobName<S>>(
    name: N,
    data: unknown,
    options?: JobOptions,
  ): Promise<CheckedJob<N>> => {
    await parsePayload(definition, name, data);
    const resolved = resolveJobOptions(where, definition.defaults ?? {}, carriesPriorities, options);
    const opts = {
      ...storedOptions(resolved, carriesPriorities),
      jobId: storedId(resolved.id ?? randomUUID()),
    };
    return { name, data: storableData(definition.name, name, data), opts };
  };

  const reference = <N extends string>(
    job: CheckedJob<N>,
    answeredId: string | undefined,
  ): JobReference<N> => {
    // A swallowed add answers nothing or something else; only de-duplication may answer another job's id.
    const isExpected =
      answeredId === job.opts.jobId || (job.opts.deduplication !== undefined && !!answeredId);
    if (!isExpected) {
      throw new EngineUnavailableError(
        bullMqQueue.context.engine,
        `the store answered ${answeredId} to job "${job.opts.jobId}"`,
      );
    }
    return { id: callerId(answeredId), name: job.name, queue: definition.name };
  };

  // Every job has an id before it is sent, so that sending it again after a lost answer does not double it.
  const addOne = async <N extends string>(queue: Queue, job: CheckedJob<N>): Promise<JobReference<N>> =>
    reference(job, (await queue.add(job.name, job.data, job.opts)).id);

  return {
    async add(name, data, options) {
      const job = await check(name, data, options);
      return bullMqQueue.use((queue) => addOne(queue, job), { again: true });
    },

    async addMany(jobs) {
      const checked: CheckedJob<JobName<S>>[] = [];
      for (const { name, data, options } of jobs) checked.push(await check(name, data, options));
      const references: JobReference<JobName<S>>[] = [];
      for (let at = 0; at < checked.length; at += JOBS_PER_CHUNK) {
        const chunk = checked.slice(at, at + JOBS_PER_CHUNK);
        const added = await bullMqQueue.use((queue) => addChunk(queue, chunk), { again: true });
        chunk.forEach((job, index) => references.push(reference(job, added[index])));
      }
      return references;
    },
  };
}

async function addChunk(
  queue: Queue,
  chunk: readonly CheckedJob[],
): Promise<readonly (string | undefined)[]> {
  const added = await queue.addBulk([...chunk]);
  return added.map(({ id }) => id);
}
