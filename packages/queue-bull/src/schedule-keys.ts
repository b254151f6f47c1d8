import { createHash } from 'node:crypto';
import { MAX_JOB_ID_BYTES } from '@switchyard/queue-contract';
import type { BullRepeat } from './bull-queue.js';

/**
 * Bull tells repeatable jobs apart by a member of its `repeat` set, put together as
 * `name:jobId:endDate:tz:cron` or `name:jobId:endDate:every` (an absent part is empty), and names each firing
 * `repeat:<md5 of name, jobId and that member's md5>:<slot>`. The same here, so that both mean the same one.
 */
export function repeatKey(name: string, { jobId, endDate, tz, cron, every }: BullRepeat): string {
  const end = endDate ? String(new Date(endDate).getTime()) : '';
  const rule = cron ? `${tz ?? ''}:${cron}` : String(every);
  return `${name}:${jobId ?? ''}:${end}:${rule}`;
}

/** What the id of each of its firings begins with; the slot in ms follows. */
export function firingPrefix(name: string, jobId: string | undefined, key: string): string {
  return `repeat:${md5(`${name}${jobId ?? ''}:${md5(key)}`)}:`;
}

/** The id of a schedule: what the app gave it, else the member that Bull made up. */
export function scheduleIdOf(name: string, repeat: BullRepeat): string {
  return repeat.jobId || idOfKey(repeat.key ?? repeatKey(name, repeat));
}

/** The id of a schedule that the app gave none. */
export function idOfKey(key: string): string {
  return Buffer.byteLength(key) <= MAX_JOB_ID_BYTES ? key : `repeat:${md5(key)}`;
}

/**
 * The names and ids that a member may stand for: both may contain the colon that parts them. Which one it is, its
 * pending job tells.
 */
export function readingsOfKey(key: string): readonly { name: string; jobId: string | undefined }[] {
  const parts = key.split(':');
  // Behind name and id come the end and time zone and cron, or the end and an interval. A cron expression may be a lone
  // number, too, and an interval any that the app worked out: Bull fires every 3000 / 7 ms as well.
  const lengths = /^\d+(\.\d+)?$/.test(parts.at(-1) ?? '') ? [2, 3] : [3];
  return lengths.flatMap((length) => {
    const front = parts.slice(0, -length);
    return front.slice(1).map((_, n) => ({
      name: front.slice(0, n + 1).join(':'),
      jobId: front.slice(n + 1).join(':') || undefined,
    }));
  });
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
