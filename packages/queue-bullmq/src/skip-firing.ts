import type { Job as BullMqJob, Queue, RepeatOptions } from 'bullmq';
import type { BullMqQueue } from './bullmq-queue.js';
import { endScheduleIfOver } from './end-schedule.js';
import { isFiringId } from './stored-id.js';

/** Whether a stored id is that of the firing that its schedule points to: BullMQ refuses to remove such a job. */
export async function isPendingFiring({ key, context }: BullMqQueue, stored: string): Promise<boolean> {
  const [, scheduleId, slot] = stored.split(':');
  if (!isFiringId(stored) || scheduleId === undefined) return false;
  return (await context.connection.zscore(key('repeat'), scheduleId)) === slot;
}

/**
 * Has a schedule go on to the firing after a pending one, as a worker does that takes it; the job is then one that can
 * be removed. A crash in between leaves it to fire.
 */
export async function skipFiring(bullMqQueue: BullMqQueue, queue: Queue, stored: string): Promise<void> {
  const job = (await queue.getJob(stored)) as BullMqJob | undefined;
  const { repeat: taken } = (job?.opts ?? {}) as { readonly repeat?: RepeatOptions };
  if (job?.repeatJobKey === undefined || !taken) return;
  // Of cron, a start would be taken for the next slot; it has passed with this one.
  const { startDate, ...repeat } = taken;
  const next = repeat.pattern === undefined ? { ...repeat, startDate } : repeat;
  const scheduler = await queue.jobScheduler;
  await scheduler.upsertJobScheduler(job.repeatJobKey, next, job.name, job.data, job.opts, {
    override: false,
    producerId: stored,
  });
  await endScheduleIfOver(bullMqQueue, job);
}
