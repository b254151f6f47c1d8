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
import type Bull from 'bull';
import { toBullOptions } from './bull-options.js';
import type { BullJobOptions } from './bull-queue.js';
import type { EngineContext } from './engine-context.js';
import { storableData, toJson } from './job-data.js';
import { decodeJobId } from './job-ids.js';

/** Jobs sent in one go: enough to make round trips cheap, few enough to let others in between. */
const JOBS_PER_BATCH = 500;

interface PreparedJob<Name extends string = string> {
  readonly name: Name;
  readonly data: unknown;
  readonly opts: BullJobOptions;
}

export function createProducer<S extends JobSchemas>(
  context: EngineContext,
  definition: QueueDefinition<S>,
): JobProducer<S> {
  const { engine, call } = context;
  const queue = definition.name;
  const where = `queue "${queue}"`;
  const bull = context.bull(queue);

  async function prepare<N extends JobName<S>>(
    name: N,
    data: unknown,
    options?: JobOptions,
  ): Promise<PreparedJob<N>> {
    await parsePayload(definition, name, data);
    const { defaults = {}, priorities = false } = definition;
    const resolved = resolveJobOptions(where, defaults, priorities, options);
    toJson(queue, name, data);
    // With an id of our own, an add that is sent again after an outage adds no second job.
    return { name, data, opts: toBullOptions({ ...resolved, id: resolved.id ?? randomUUID() }) };
  }

  async function addOne<N extends string>({ name, data, opts }: PreparedJob<N>): Promise<JobReference<N>> {
    const job = await call(() => bull.add(name, storableData(data), opts as Bull.JobOptions), 'repeatable');
    return toReference(name, job.id);
  }

  async function addBatch<N extends string>(
    jobs: readonly PreparedJob<N>[],
  ): Promise<readonly JobReference<N>[]> {
    const bulk = jobs.map(({ name, data, opts }) => ({
      name,
      data: storableData(data),
      opts: opts as Bull.JobOptions,
    }));
    const added = await call(() => bull.addBulk(bulk), 'repeatable');
    const references: JobReference<N>[] = [];
    for (const [n, job] of jobs.entries()) {
      const id = added[n]?.id;
      // Bull does not look whether each job was added. Adding one again under its id is harmless.
      references.push(id === undefined ? await addOne(job) : toReference(job.name, id));
    }
    return references;
  }

  function toReference<N extends string>(name: N, id: Bull.JobId | undefined): JobReference<N> {
    if (id === undefined || id === null) {
      throw new EngineUnavailableError(engine, `Redis did not answer with the id of a job of ${where}`);
    }
    return { id: decodeJobId(String(id)), name, queue };
  }

  return {
    async add(name, data, options) {
      return addOne(await prepare(name, data, options));
    },
    async addMany(jobs) {
      const prepared: PreparedJob<JobName<S>>[] = [];
      for (const { name, data, options } of jobs) prepared.push(await prepare(name, data, options));
      const references: JobReference<JobName<S>>[] = [];
      for (let n = 0; n < prepared.length; n += JOBS_PER_BATCH) {
        references.push(...(await addBatch(prepared.slice(n, n + JOBS_PER_BATCH))));
      }
      return references;
    },
  };
}
