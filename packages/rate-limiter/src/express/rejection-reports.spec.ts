import { jest } from '@jest/globals';
import { createRejectionReports, type RejectedKey, type RejectionReport } from './rejection-reports.js';

type Kind = RejectedKey['key']['kind'];
const by = (policy: string, kind: Kind, name: string) => [{ policy, key: { kind, name, limiterKey: name } }];
const user = (name: string) => by('API', 'user', name);
const ip = (name: string) => by('API', 'ip', name);

let reports: RejectionReport[];
const collect = (report: RejectionReport) => void reports.push(report);

beforeEach(() => {
  reports = [];
  jest.useFakeTimers();
});
afterEach(() => jest.useRealTimers());

test('the first rejection is reported at once, those of the next 10 s together, and a quiet time not at all', () => {
  const rejections = createRejectionReports(collect);
  for (let i = 0; i < 1000; i += 1) rejections.add(user('u1'));
  expect(reports).toMatchObject([{ count: 1, durationMs: 0 }]);
  jest.advanceTimersByTime(9_999);
  expect(reports).toHaveLength(1);
  jest.advanceTimersByTime(1);
  expect(reports[1]).toMatchObject({ count: 999, durationMs: 10_000, sources: [{ count: 999 }] });

  jest.advanceTimersByTime(60_000);
  expect(reports).toHaveLength(2);
  rejections.add(user('u1'));
  expect(reports[2]).toMatchObject({ count: 1, durationMs: 0 });
});

test('sources are told apart by policy, kind and name, and the worst are named first', () => {
  const rejections = createRejectionReports(collect);
  rejections.add(user('first'));
  for (let i = 0; i < 3; i += 1) rejections.add(user('198.51.100.7'));
  for (let i = 0; i < 5; i += 1) rejections.add(ip('198.51.100.7'));
  rejections.add(by('AUTH', 'ip', '198.51.100.7'));
  jest.advanceTimersByTime(10_000);
  expect(reports[1]).toMatchObject({
    count: 9,
    sources: [
      { policy: 'API', keyKind: 'ip', count: 5 },
      { policy: 'API', keyKind: 'user', count: 3 },
      { policy: 'AUTH', keyKind: 'ip', count: 1 },
    ],
  });
});

test('an attack from all addresses of a subnet is one source', () => {
  const rejections = createRejectionReports(collect);
  rejections.add(user('first'));
  for (let i = 0; i < 256; i += 1) rejections.add(ip(`198.51.100.${i}`));
  rejections.add(ip('198.51.101.1'));
  jest.advanceTimersByTime(10_000);
  expect(reports[1]?.sources.map(({ source, count }) => [source, count])).toEqual([
    ['198.51.100.0/24', 256],
    ['198.51.101.0/24', 1],
  ]);
});

test('many addresses of few subnets leave room for others', () => {
  const rejections = createRejectionReports(collect);
  rejections.add(user('first'));
  for (let subnet = 0; subnet < 5; subnet += 1) {
    for (let i = 0; i < 256; i += 1) rejections.add(ip(`198.51.${subnet}.${i}`));
  }
  rejections.add(ip('203.0.113.1'));
  jest.advanceTimersByTime(10_000);
  expect(reports[1]?.sources.map(({ source }) => source)).toContain('203.0.113.0/24');
});

test('a request that two limits turn away is one request', () => {
  const rejections = createRejectionReports(collect);
  rejections.add([...user('u1'), ...ip('198.51.100.7')]);
  expect(reports).toMatchObject([{ count: 1, sources: [{ keyKind: 'user' }, { keyKind: 'ip' }] }]);
});

test('an attack from more addresses than anybody can remember is counted whole, and named in part', () => {
  const rejections = createRejectionReports(collect);
  for (let i = 0; i < 5001; i += 1) rejections.add(user(`u${i}`));
  for (let i = 0; i < 2; i += 1) rejections.add(user('u1000'));
  // Beyond the first 1000 since the last report: counted, and not remembered.
  for (let i = 0; i < 5; i += 1) rejections.add(user('u1001'));
  jest.advanceTimersByTime(10_000);
  const [, second] = reports;
  expect(second?.count).toBe(5007);
  expect(second?.sources).toHaveLength(20);
  expect(second?.sources[0]?.count).toBe(3);
});

test('a name is never shown in full: addresses are cut, users and other keys hashed', () => {
  const rejections = createRejectionReports(collect);
  rejections.add(user('first'));
  rejections.add(ip('198.51.100.77'));
  rejections.add(ip('2001:db8:1:ab00::/56'));
  rejections.add(user('ada@example.com'));
  rejections.add(by('SMS', 'key', '+49301234567'));
  jest.advanceTimersByTime(10_000);
  expect(reports[1]?.sources.map(({ source }) => source)).toEqual([
    '198.51.100.0/24',
    '2001:db8:1::/48',
    expect.stringMatching(/^[0-9a-f]{16}$/),
    expect.stringMatching(/^[0-9a-f]{16}$/),
  ]);
  expect(JSON.stringify(reports)).not.toMatch(/ada|example|4930|ab00|\.77/);
});

test.each([
  [
    'throws',
    () => {
      throw new Error('disk full');
    },
  ],
  ['rejects', () => Promise.reject(new Error('disk full'))],
])('a report that %s becomes a warning, and the next ones come', async (_, fail) => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const rejections = createRejectionReports((report) => {
    collect(report);
    return fail();
  });
  rejections.add(user('u1'));
  rejections.add(user('u1'));
  await jest.advanceTimersByTimeAsync(10_000);
  expect(reports).toHaveLength(2);
  expect(warn).toHaveBeenCalledTimes(2);
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('disk full'), expect.anything());
  warn.mockRestore();
});
