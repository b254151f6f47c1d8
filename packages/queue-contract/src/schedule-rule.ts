import { InvalidOptionError } from './errors.js';
import { isJobId, MAX_JOB_ID_BYTES } from './job-options.js';
import type { Schedule, ScheduleRule } from './job-schedules.js';
import { checkOptionNames } from './option-names.js';

/** The last two are an engine's answer, which may be handed on as it is. */
const SCHEDULE_NAMES = [
  'id',
  'rule',
  'name',
  'data',
  'options',
  'endAtMs',
  'remainingRuns',
  'engine',
  'nextRunAtMs',
];

/**
 * Checks what can be checked without a cron parser; engines refuse a cron expression they cannot parse.
 *
 * @throws InvalidOptionError
 */
export function checkSchedule(where: string, schedule: Schedule, firstRunAtMs?: number): void {
  const bad = (option: string, value: unknown, allowed: string): never => {
    throw new InvalidOptionError(`${option} of a schedule of ${where}`, value, allowed);
  };
  checkOptionNames(`a schedule of ${where}`, schedule, SCHEDULE_NAMES);
  const { id, rule, options, endAtMs, remainingRuns } = schedule;
  if (!isJobId(id)) bad('id', id, `a string of 1 to ${MAX_JOB_ID_BYTES} bytes`);
  if (typeof rule !== 'object' || rule === null) bad('rule', rule, 'either cron or everyMs');
  const ruleNames = 'everyMs' in rule ? ['everyMs', 'cron'] : ['cron', 'timeZone'];
  checkOptionNames(`the rule of a schedule of ${where}`, rule, ruleNames);
  checkRule(rule, bad);
  for (const option of ['id', 'delayMs', 'deduplication']) {
    if (options && option in options) bad('options', option, 'neither id, delayMs nor deduplication');
  }
  if (endAtMs !== undefined && !Number.isFinite(endAtMs)) bad('endAtMs', endAtMs, 'ms since the epoch');
  if (remainingRuns !== undefined && !(Number.isInteger(remainingRuns) && remainingRuns >= 1)) {
    bad('remainingRuns', remainingRuns, 'an integer, 1 or more');
  }
  if (firstRunAtMs !== undefined && !(Number.isFinite(firstRunAtMs) && firstRunAtMs >= 0)) {
    bad('firstRunAtMs', firstRunAtMs, 'ms since the epoch, 0 or more');
  }
}

function checkRule(
  rule: ScheduleRule,
  bad: (option: string, value: unknown, allowed: string) => never,
): void {
  if ('everyMs' in rule) {
    if ('cron' in rule) bad('rule', rule, 'either cron or everyMs');
    if (!(Number.isInteger(rule.everyMs) && rule.everyMs >= 1000))
      bad('rule.everyMs', rule.everyMs, '1000 or more');
    return;
  }
  const { cron, timeZone = 'UTC' } = rule;
  const fields = typeof cron === 'string' ? cron.trim().split(/\s+/).length : 0;
  if (fields !== 5 && fields !== 6) bad('rule.cron', cron, 'a cron expression of five or six fields');
  // A slot of the parser's choice, which only some parsers know and which each would choose anew.
  if (/\bh\b/i.test(cron)) bad('rule.cron', cron, 'a cron expression without H');
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    bad('rule.timeZone', timeZone, 'an IANA time zone');
  }
}
