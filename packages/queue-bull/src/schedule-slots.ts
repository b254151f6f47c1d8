import cronParser from 'cron-parser';
import type { ScheduleRule } from '@switchyard/queue-contract';
import type { BullRepeat } from './bull-queue.js';

/**
 * The first slot after a moment, in ms since the epoch, or `null` when there is none.
 *
 * An interval counts from its anchor; one of Bull's own has none and counts from the epoch. A cron expression
 * without a time zone means that of this process, as Bull's does.
 */
export function nextSlotMs(repeat: BullRepeat, afterMs: number): number | null {
  const slotMs = repeat.every
    ? nextOfInterval(repeat.every, repeat.anchorMs ?? 0, afterMs)
    : nextOfCron(repeat, afterMs);
  const endMs = repeat.endDate === undefined ? Infinity : new Date(repeat.endDate).getTime();
  return slotMs !== null && slotMs <= endMs ? slotMs : null;
}

/** @throws what the parser says about an expression it cannot read */
export function checkCron(cron: string, timeZone: string): void {
  cronParser.parseExpression(cron, { tz: timeZone });
}

/** The time zone of this process, in which Bull fires a cron expression that names none. */
export function localTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

const NAMED: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** A rule as the port says it. */
export function ruleOf({ every, cron = '', tz, utc }: BullRepeat): ScheduleRule {
  if (every) return { everyMs: every };
  return { cron: fullCron(NAMED[cron] ?? cron), timeZone: utc ? 'UTC' : (tz ?? localTimeZone()) };
}

/** Bull's parser takes fewer than five fields, too, for the last ones: the first ones are then these. */
const LEFT_OUT = ['0', '*', '*', '*', '*', '*'];

function fullCron(cron: string): string {
  const fields = cron.trim().split(/\s+/);
  return fields.length < 5 && cron.trim() !== ''
    ? [...LEFT_OUT.slice(0, LEFT_OUT.length - fields.length), ...fields].join(' ')
    : cron;
}

function nextOfInterval(everyMs: number, anchorMs: number, afterMs: number): number {
  return anchorMs + (Math.floor((afterMs - anchorMs) / everyMs) + 1) * everyMs;
}

function nextOfCron({ cron = '', tz, utc, startDate, endDate }: BullRepeat, afterMs: number): number | null {
  const startMs = startDate === undefined ? -Infinity : new Date(startDate).getTime();
  try {
    const options = {
      currentDate: new Date(Math.max(afterMs, startMs)),
      ...(utc ? { utc } : tz === undefined ? {} : { tz }),
      ...(endDate === undefined ? {} : { endDate: new Date(endDate) }),
    };
    return cronParser.parseExpression(cron, options).next().getTime();
  } catch {
    // No slot before its end, or none at all.
    return null;
  }
}
