import type { Schedule } from '@switchyard/queue-contract';
import type { BullRepeat } from './bull-queue.js';
import { optionsOf, type ScheduleRecord } from './schedule-records.js';
import { idOfKey, repeatKey } from './schedule-keys.js';
import { localTimeZone } from './schedule-slots.js';

/** How Bull tells a repeatable job from others. */
interface Identity extends Pick<BullRepeat, 'jobId' | 'tz' | 'utc'> {
  readonly member: string;
}

/** What is kept of a schedule that has gone elsewhere. */
export function toDeparted(record: ScheduleRecord): string {
  const { jobId, tz, utc } = optionsOf(record).repeat;
  return JSON.stringify({ member: record.member, jobId, tz, utc } satisfies Identity);
}

/**
 * Makes a schedule the same repeatable job that it was before, so that the code of the legacy app, run once more, adds
 * no second: Bull tells two apart by the words that they were added with, such as a time zone, named or not.
 *
 * One that never was here becomes the one that the app would add without an id if the id says so, for such a schedule
 * goes by its member of the `repeat` set; else it is a new one under its id.
 *
 * @param departed what was kept when it left, if it did
 */
export function withIdentity(
  { id, name }: Pick<Schedule, 'id' | 'name'>,
  repeat: BullRepeat,
  slotMs: number,
  departed: string | null,
): BullRepeat {
  const anchored = repeat.every ? { ...repeat, anchorMs: slotMs } : repeat;
  const { tz, ...local } = anchored;
  const unnamed: BullRepeat[] = [
    anchored,
    ...(tz === localTimeZone() ? [local] : []),
    ...(tz === 'UTC' ? [{ ...local, utc: true }] : []),
  ];
  if (departed !== null) {
    const { member, jobId } = JSON.parse(departed) as Identity;
    const named = jobId === undefined ? unnamed : unnamed.map((candidate) => ({ ...candidate, jobId }));
    const same = named.find((candidate) => repeatKey(name, candidate) === member);
    if (same) return same;
  }
  return (
    unnamed.find((candidate) => idOfKey(repeatKey(name, candidate)) === id) ?? { ...anchored, jobId: id }
  );
}
