import {
  checkSchedule,
  InvalidOptionError,
  parsePayload,
  resolveJobOptions,
  type JobSchemas,
  type QueueDefinition,
  type Schedule,
} from '@switchyard/queue-contract';
import { asError } from './as-error.js';
import { toActiveSchedule, type ScheduleRecord } from './schedule-records.js';
import { checkCron } from './schedule-slots.js';

/**
 * Checks whether the port has words for a repeatable job of the legacy app: what it refuses could be put nowhere else,
 * and not back either.
 *
 * @throws InvalidOptionError, InvalidPayloadError, UnknownJobNameError
 */
export async function checkExpressible<S extends JobSchemas>(
  engine: string,
  definition: QueueDefinition<S>,
  record: ScheduleRecord,
): Promise<void> {
  const where = `queue "${definition.name}"`;
  const priorities = definition.priorities ?? false;
  const schedule: Schedule = toActiveSchedule(engine, record, priorities);
  checkSchedule(where, schedule);
  if ('cron' in schedule.rule) checkCronOf(where, schedule.rule.cron, schedule.rule.timeZone ?? 'UTC');
  resolveJobOptions(where, {}, priorities, schedule.options);
  await parsePayload(definition, schedule.name, schedule.data);
}

/** @throws InvalidOptionError */
export function checkCronOf(where: string, cron: string, timeZone: string): void {
  try {
    checkCron(cron, timeZone);
  } catch (error) {
    const why = asError(error).message;
    throw new InvalidOptionError(`rule.cron of a schedule of ${where}`, cron, `a cron expression (${why})`);
  }
}
