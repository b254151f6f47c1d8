import { firingPrefix, idOfKey, readingsOfKey, repeatKey, scheduleIdOf } from './schedule-keys.js';

describe("names of Bull's repeatable jobs", () => {
  test.each([
    ['send::::0 3 * * *', 'send', { cron: '0 3 * * *' }],
    ['send:nightly::Asia/Tokyo:0 3 * * *', 'send', { jobId: 'nightly', tz: 'Asia/Tokyo', cron: '0 3 * * *' }],
    ['send:::60000', 'send', { every: 60_000 }],
    ['send:::428.57142857142856', 'send', { every: 3000 / 7 }],
    ['send:a:b:4070908800000:60000', 'send', { jobId: 'a:b', endDate: '2099-01-01', every: 60_000 }],
    ['a:b:c:::0 3 * * *', 'a:b', { jobId: 'c', cron: '0 3 * * *' }],
    ['__default__::::@daily', '__default__', { cron: '@daily' }],
  ])('%s is written and, among others, read', (key, name, repeat) => {
    expect(repeatKey(name, repeat)).toBe(key);
    expect(readingsOfKey(key)).toContainEqual({ name, jobId: 'jobId' in repeat ? repeat.jobId : undefined });
  });

  test('a key without colons in name and id has one reading', () => {
    expect(readingsOfKey('send:x::UTC:0 3 * * *')).toEqual([{ name: 'send', jobId: 'x' }]);
    expect(readingsOfKey('send:::60000')).toContainEqual({ name: 'send', jobId: undefined });
    expect(readingsOfKey('send:::UTC:1')).toContainEqual({ name: 'send', jobId: undefined });
  });

  test('the id is that of the app, else the key, else its digest when it is too long', () => {
    expect(scheduleIdOf('send', { jobId: 'x', every: 1000 })).toBe('x');
    expect(scheduleIdOf('send', { every: 1000 })).toBe('send:::1000');
    expect(scheduleIdOf('send', { every: 1000, key: 'as:stored' })).toBe('as:stored');
    expect(idOfKey('x'.repeat(513))).toMatch(/^repeat:[0-9a-f]{32}$/);
  });

  test('firings of different schedules have different ids', () => {
    const prefixes = [
      firingPrefix('send', undefined, 'send:::1000'),
      firingPrefix('send', 'x', 'send:x::1000'),
      firingPrefix('send', 'x', 'send:x::2000'),
      firingPrefix('sync', 'x', 'sync:x::1000'),
    ];
    expect(new Set(prefixes).size).toBe(4);
    for (const prefix of prefixes) expect(prefix).toMatch(/^repeat:[0-9a-f]{32}:$/);
  });
});
