import type { Job as BullMqJob } from 'bullmq';
import type { BullMqQueue } from './bullmq-queue.js';
import { endScheduleLua } from './end-schedule.lua.js';
import { createScript } from './script.js';

const endSchedule = createScript(endScheduleLua);

interface Repeat {
  readonly limit?: number;
  /** Which run this is, from 1. */
  readonly count?: number;
  readonly endDate?: number;
}

/** Removes the schedule that fired a job if that was its last firing. Costs nothing for schedules without an end. */
export async function endScheduleIfOver({ key, context }: BullMqQueue, job: BullMqJob): Promise<void> {
  const { repeat = {} } = job.opts as { readonly repeat?: Repeat };
  const isLastRun = repeat.limit !== undefined && (repeat.count ?? 1) >= repeat.limit;
  if (job.repeatJobKey === undefined || !(isLastRun || repeat.endDate !== undefined)) return;
  const slot = job.id?.slice(job.id.lastIndexOf(':') + 1) ?? '';
  await endSchedule(
    context.connection,
    [key('repeat'), key(`repeat:${job.repeatJobKey}`), key('delayed')],
    [job.repeatJobKey, slot, repeat.endDate ?? '', key('')],
  );
}
