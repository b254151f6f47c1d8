import type { RepeatOptions } from 'bullmq';
import type { BullMqQueue } from './bullmq-queue.js';
import { placeDueFiringLua } from './place-due-firing.lua.js';
import { createScript } from './script.js';
import type { StoredOptions } from './stored-options.js';
import type { StoredSchedule } from './stored-schedule.js';

const placeDueFiring = createScript(placeDueFiringLua);

/** A schedule as it is put into BullMQ's hands. */
export interface DueSchedule {
  readonly storedId: string;
  /** The slot that is due, in ms since the epoch. */
  readonly slotMs: number;
  readonly name: string;
  /** JSON. */
  readonly data: string;
  readonly options: StoredOptions;
  readonly repeat: RepeatOptions;
}

/**
 * Puts a schedule in place whose first firing is due, as BullMQ would leave one whose firing came due while nobody
 * consumed. `null`, and nothing has changed, when that slot has fired.
 */
export async function placeDueSchedule(
  { context, key }: BullMqQueue,
  { storedId, slotMs, name, data, options, repeat }: DueSchedule,
): Promise<StoredSchedule | null> {
  const nowMs = Date.now();
  const { pattern, tz, every, endDate, limit } = repeat;
  // BullMQ takes an offset of 0 for none, and then a grid of its own.
  const start = { startDate: slotMs, ...(every !== undefined && { offset: slotMs % every || every }) };
  const rule = { name, pattern, tz, every, limit, endDate, ...start };
  const known = Object.entries({ ...rule, opts: JSON.stringify(options), data, ic: 1 });
  const hash: Record<string, string> = {};
  for (const [field, value] of known) if (value !== undefined) hash[field] = String(value);
  const jobOptions = {
    ...options,
    jobId: `repeat:${storedId}:${slotMs}`,
    delay: 0,
    timestamp: nowMs,
    prevMillis: slotMs,
    repeatJobKey: storedId,
    repeat: { ...repeat, ...start, count: 1 },
  };
  const keys = ['repeat', `repeat:${storedId}`, 'delayed', 'prioritized', 'wait', 'switchyard:suspended'];
  const placed = await placeDueFiring(context.connection, [...keys, 'marker', 'events', 'meta'].map(key), [
    ...[storedId, key(''), slotMs, name, data, JSON.stringify(jobOptions), nowMs, options.priority ?? 0],
    ...Object.entries(hash).flat(),
  ]);
  return placed === 1 ? { storedId, hash, slotMs, isTaken: false, run: 1 } : null;
}
