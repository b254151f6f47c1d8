import type { JobCounts, QueueDefinition } from '@switchyard/queue-contract';
import type { Redis } from 'ioredis';
import { createTally, type BullFinding } from './bull-finding.js';
import { findInJob } from './job-findings.js';
import type { QueueKeys } from './queue-keys.js';
import type { RunScript } from './run-script.js';
import { checkExpressible } from './schedule-check.js';
import { readSchedules } from './schedule-records.js';

/** A queue of a Bull app, and how much is in it. */
export interface BullQueueReport {
  /** Its name in the Bull app. */
  readonly name: string;
  /** The name it is declared under; `null` when it is not. */
  readonly declaredAs: string | null;
  readonly counts: JobCounts;
  readonly paused: boolean;
  /** Repeatable jobs that will fire. */
  readonly schedules: number;
}

/** The ids of a queue's jobs by the key they are in. */
export type StoredIds = Readonly<Record<(typeof PLACES)[number], readonly string[]>>;

const PLACES = ['wait', 'paused', 'delayed', 'active', 'completed', 'failed'] as const;
/** Jobs whose hashes are read in one go; their data may be large. */
const JOBS_PER_READ = 50;

export async function readIds(client: Redis, keys: QueueKeys): Promise<StoredIds> {
  const reading = client.multi();
  for (const place of PLACES) {
    if (place === 'wait' || place === 'paused' || place === 'active') reading.lrange(keys[place], 0, -1);
    else reading.zrange(keys[place], 0, -1);
  }
  const replies = (await reading.exec()) ?? [];
  return Object.fromEntries(PLACES.map((place, n) => [place, replies[n]?.[1]])) as StoredIds;
}

export async function reportQueue(
  client: Redis,
  run: RunScript,
  keys: QueueKeys,
  ids: StoredIds,
  definition: QueueDefinition | undefined,
): Promise<BullQueueReport> {
  const { wait, paused, delayed, active, completed, failed } = ids;
  return {
    name: keys.queue,
    declaredAs: definition?.name ?? null,
    counts: {
      waiting: wait.length + paused.length,
      delayed: delayed.length,
      active: active.length,
      completed: completed.length,
      failed: failed.length,
    },
    paused: (await client.exists(keys.metaPaused)) === 1,
    schedules: (await readSchedules(client, run, keys)).records.length,
  };
}

/** What of the jobs that have yet to run, and of the schedules, there are no words for. */
export async function findInQueue(
  client: Redis,
  run: RunScript,
  keys: QueueKeys,
  { wait, paused, delayed, active }: StoredIds,
  definition: QueueDefinition,
): Promise<readonly BullFinding[]> {
  const tally = createTally(keys.queue);
  const { members, records } = await readSchedules(client, run, keys);
  for (const member of members) {
    const record = records.find((one) => one.member === member);
    try {
      if (record) await checkExpressible('bull', definition, record);
      else tally.add({ kind: 'ended-schedule', what: 'its next firing is gone' }, member);
    } catch (error) {
      tally.add({ kind: 'schedule', what: (error as Error).message }, record?.id ?? member);
    }
  }
  // In the order in which they run: the next one is last in its list.
  const pending = [...active, ...[...wait].reverse(), ...[...paused].reverse(), ...delayed];
  for (let n = 0; n < pending.length; n += JOBS_PER_READ) {
    const page = pending.slice(n, n + JOBS_PER_READ);
    const reading = client.pipeline();
    for (const id of page) reading.hmget(keys.base + id, 'name', 'data', 'opts');
    for (const [index, [, fields]] of ((await reading.exec()) ?? []).entries()) {
      const [name, data, opts] = (fields ?? []) as (string | null)[];
      // Removed since its id was read.
      if (name === null && data === null && opts === null) continue;
      const job = { name: name ?? undefined, data: data ?? undefined, opts: opts ?? undefined };
      for (const found of await findInJob(definition, job)) tally.add(found, page[index] ?? null);
    }
  }
  return tally.findings();
}

/** Whether it is BullMQ that keeps, or keeps too, a queue of this name: it writes its version there, Bull a pause at most. */
export async function isOfBullMq(client: Redis, keys: QueueKeys): Promise<boolean> {
  const fields = await client.hmget(`${keys.base}meta`, 'version', 'opts.maxLenEvents');
  return fields.some((field) => field !== null);
}
