import type { Job, JobState } from '@switchyard/queue-contract';
import type { Job as BullMqJob } from 'bullmq';
import type { BullMqQueue } from './bullmq-queue.js';
import { callerId } from './stored-id.js';
import { callerPriority } from './stored-options.js';

/** The contract's picture of a job that BullMQ found in this state. */
export async function jobPicture(
  { name, key, context }: BullMqQueue,
  job: BullMqJob,
  state: JobState,
): Promise<Job> {
  const storedId = job.id ?? '';
  // BullMQ reads a progress that was never set, and one of null, as 0.
  const hasProgress =
    job.progress !== 0 ||
    (job.attemptsStarted > 0 && (await context.connection.hget(key(storedId), 'progress')) === '0');
  return {
    id: callerId(storedId),
    name: job.name,
    queue: name,
    data: job.data as unknown,
    state,
    engine: context.engine,
    priority: callerPriority(job.opts.priority),
    delayMs: job.opts.delay ?? 0,
    attempts: job.opts.attempts || 1,
    attemptsMade: job.attemptsMade,
    createdAtMs: job.timestamp,
    processedAtMs: job.processedOn ?? null,
    finishedAtMs: job.finishedOn ?? null,
    scheduleId: job.repeatJobKey === undefined ? null : callerId(job.repeatJobKey),
    progress: hasProgress ? job.progress : null,
    result: state === 'completed' ? ((job.returnvalue as unknown) ?? null) : null,
    // BullMQ keeps the reason of an earlier attempt when a later one succeeds.
    failedReason: state === 'completed' ? null : (job.failedReason ?? null),
    stackTraces: job.stacktrace ?? [],
  };
}
