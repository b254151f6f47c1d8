import { InvalidOptionError, type ScheduleRule } from '@switchyard/queue-contract';
import { defaultRepeatStrategy, type RepeatOptions } from 'bullmq';

/**
 * The next slot of a rule after a moment, in ms since the epoch; `undefined` when there is none up to `endAtMs`.
 *
 * @throws InvalidOptionError for a cron expression that cannot be parsed
 */
export function slotAfter(rule: ScheduleRule, afterMs: number, endAtMs?: number): number | undefined {
  const slotMs = 'everyMs' in rule ? afterMs + rule.everyMs : cronSlot(rule, afterMs);
  return slotMs === undefined || (endAtMs !== undefined && slotMs > endAtMs) ? undefined : slotMs;
}

/** The first slot of an interval's grid, which runs through `gridMs`, that lies after a moment. */
export function gridSlotAfter(everyMs: number, gridMs: number, afterMs: number): number {
  return gridMs + (Math.floor((afterMs - gridMs) / everyMs) + 1) * everyMs;
}

/**
 * What BullMQ asks at an upsert for the first slot of a cron schedule: the start date as it is, which BullMQ itself
 * would take for a lower bound of the rule's slots. Later slots are the worker's to find, with BullMQ's own strategy.
 */
export function firstSlot(nowMs: number, options: RepeatOptions): number | undefined {
  return options.startDate === undefined
    ? defaultRepeatStrategy(nowMs, options)
    : new Date(options.startDate).getTime();
}

function cronSlot(rule: { cron: string; timeZone?: string }, afterMs: number): number | undefined {
  try {
    return defaultRepeatStrategy(afterMs, { pattern: rule.cron, tz: rule.timeZone ?? 'UTC' });
  } catch {
    throw new InvalidOptionError(
      'rule.cron of a schedule',
      rule.cron,
      'a cron expression that has a next time',
    );
  }
}
