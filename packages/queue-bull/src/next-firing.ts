import type { BullJobOptions } from './bull-queue.js';
import { NEXT_FIRING } from './next-firing.lua.js';
import type { QueueKeys } from './queue-keys.js';
import type { RunScript } from './run-script.js';
import { firingPrefix, repeatKey } from './schedule-keys.js';
import { nextSlotMs } from './schedule-slots.js';

/** The job that a schedule fires in one slot. */
export interface Firing {
  readonly slotMs: number;
  readonly opts: BullJobOptions;
}

/** What comes after a firing: as Bull decides it, but with an interval's anchor. `null` when it was the last. */
export function firingAfter(
  name: string,
  options: BullJobOptions,
  nowMs: number,
  takenSlotMs = options.prevMillis ?? 0,
): Firing | null {
  const repeat = options.repeat ?? {};
  const count = (repeat.count ?? 0) + 1;
  if (repeat.limit !== undefined && count > repeat.limit) return null;
  const slotMs = nextSlotMs(repeat, Math.max(nowMs, takenSlotMs));
  return slotMs === null ? null : firingAt(name, options, slotMs, nowMs, count);
}

export function firingAt(
  name: string,
  options: BullJobOptions,
  slotMs: number,
  nowMs: number,
  count: number,
): Firing {
  const repeat = options.repeat ?? {};
  const key = repeat.key ?? repeatKey(name, repeat);
  return {
    slotMs,
    opts: {
      ...options,
      repeat: { ...repeat, count, key },
      jobId: `${firingPrefix(name, repeat.jobId, key)}${slotMs}`,
      delay: Math.max(0, slotMs - nowMs),
      timestamp: nowMs,
      prevMillis: slotMs,
    },
  };
}

/**
 * Schedules what comes after a firing, once.
 *
 * Bull does this in two commands between which a crash ends the schedule for good, writes `{}` for falsy data, and
 * lets a firing that is run again start a second series when clocks differ.
 *
 * @param data JSON
 */
export async function scheduleNextFiring(
  run: RunScript,
  keys: QueueKeys,
  name: string,
  data: string,
  options: BullJobOptions,
): Promise<void> {
  const nowMs = Date.now();
  const repeat = options.repeat ?? {};
  const key = repeat.key ?? repeatKey(name, repeat);
  const next = firingAfter(name, options, nowMs);
  await run(
    NEXT_FIRING,
    [keys.repeat],
    [
      keys.base,
      key,
      firingPrefix(name, repeat.jobId, key),
      options.prevMillis ?? 0,
      next?.slotMs ?? '',
      name,
      data,
      JSON.stringify(next?.opts ?? {}),
      nowMs,
      next?.opts.delay ?? 0,
      options.priority ?? 0,
    ],
  );
}
