import { InvalidOptionError } from './errors.js';
import type { Schedule } from './job-schedules.js';
import { checkSchedule } from './schedule-rule.js';

const good: Schedule = { id: 'nightly', rule: { everyMs: 60_000 }, name: 'work', data: null };

function check(changes: object): void {
  checkSchedule('queue "q"', { ...good, ...changes } as Schedule);
}

describe('checkSchedule', () => {
  test.each<object>([
    {},
    { id: 'x'.repeat(512) },
    { id: 'a:b 😀' },
    { rule: { everyMs: 1000 } },
    { rule: { cron: '*/5 * * * *' } },
    { rule: { cron: ' 0 30 2 * * 1-5 ', timeZone: 'America/New_York' } },
    { rule: { cron: '0 0 1 1 *', timeZone: undefined } },
    { rule: { cron: '0 0 * MAR THU' } },
    { options: { attempts: 3, lifo: true } },
    { endAtMs: 0, remainingRuns: 1 },
    { engine: 'bullmq', nextRunAtMs: 5 },
  ])('takes %p', (changes) => {
    expect(() => check(changes)).not.toThrow();
  });

  test.each<[string, object]>([
    ['id', { id: '' }],
    ['id', { id: '\ud800' }],
    ['id', { id: 7 }],
    ['id', { id: 'é'.repeat(257) }],
    ['rule', { rule: undefined }],
    ['rule', { rule: null }],
    ['rule', { rule: '* * * * *' }],
    ['rule.cron', { rule: {} }],
    ['rule', { rule: { everyMs: 1000, cron: '* * * * *' } }],
    ['rule.everyMs', { rule: { everyMs: 999 } }],
    ['rule.everyMs', { rule: { everyMs: 1000.5 } }],
    ['rule.everyMs', { rule: { everyMs: Number.NaN } }],
    ['rule.everyMs', { rule: { everyMs: '5000' } }],
    ['rule.cron', { rule: { cron: '' } }],
    ['rule.cron', { rule: { cron: '* * * *' } }],
    ['rule.cron', { rule: { cron: '* * * * * * *' } }],
    ['rule.cron', { rule: { cron: 5 } }],
    ['rule.cron', { rule: { cron: 'H 0 * * *' } }],
    ['rule.cron', { rule: { cron: '0 H(0-7) * * *' } }],
    ['rule.cron', { rule: { cron: 'h/5 * * * *' } }],
    ['rule.timeZone', { rule: { cron: '* * * * *', timeZone: 'Mars/Olympus' } }],
    ['tz of the rule', { rule: { cron: '* * * * *', tz: 'Europe/Berlin' } }],
    ['timeZone of the rule', { rule: { everyMs: 1000, timeZone: 'Europe/Berlin' } }],
    ['limit', { limit: 3 }],
    ['options', { options: { id: 'x' } }],
    ['options', { options: { delayMs: 0 } }],
    ['options', { options: { deduplication: { id: 'x' } } }],
    ['endAtMs', { endAtMs: Number.NaN }],
    ['endAtMs', { endAtMs: Infinity }],
    ['endAtMs', { endAtMs: '2030-01-01' }],
    ['remainingRuns', { remainingRuns: 0 }],
    ['remainingRuns', { remainingRuns: 1.5 }],
  ])('refuses a bad %s: %p', (option, changes) => {
    expect(() => check(changes)).toThrow(InvalidOptionError);
    expect(() => check(changes)).toThrow(`${option} of a schedule of queue "q"`);
  });

  test('a first run lies in time', () => {
    const checkFirst = (firstRunAtMs: number | undefined) => checkSchedule('queue "q"', good, firstRunAtMs);
    for (const atMs of [undefined, 0, 0.5, Date.now()]) expect(() => checkFirst(atMs)).not.toThrow();
    for (const atMs of [-5, Number.NaN, Infinity, '7' as unknown as number]) {
      expect(() => checkFirst(atMs)).toThrow('firstRunAtMs of a schedule of queue "q"');
    }
  });
});
