import type { History } from './account.js';
import { takeAccount } from './account.js';
import { drawSummary } from './display/summary.js';
import { plain } from './display/style.js';
import { conclude, type Measured } from './result.js';

const job = { queue: 'calendar-sync', id: '1', meant: 'complete', calls: 1 } as const;
const ran = { queue: 'calendar-sync', jobId: '1', succeeded: true };
const there = { queue: 'calendar-sync', id: '1', engine: 'bullmq', state: 'completed' } as const;

const measured = (history: Partial<History> = {}, more: Partial<Measured> = {}): Measured => ({
  account: takeAccount({ accepted: [job], attempts: [ran], stored: [there], ...history }),
  engines: new Map([
    ['calendar-sync', 'bullmq'],
    ['token-refresh', 'bullmq'],
  ]),
  targetEngine: 'bullmq',
  connections: { before: 33, after: 2 },
  idleBilledPerMinute: { before: 611, after: 3 },
  durationMs: 190_000,
  faults: [],
  ...more,
});

test('tells exactly the figures that were promised', () => {
  const { figures, problems } = conclude(measured());
  expect(problems).toEqual([]);
  expect(figures).toEqual({
    queues: [
      { name: 'calendar-sync', engine: 'bullmq', accepted: 1, completed: 1, failed: 0 },
      { name: 'token-refresh', engine: 'bullmq', accepted: 0, completed: 0, failed: 0 },
    ],
    connections: { before: 33, after: 2 },
    idleBilledPerMinute: { before: 611, after: 3 },
    jobs: { accepted: 1, completed: 1, failed: 0, lost: 0, doubled: 0, reruns: 0 },
    durationMs: 190_000,
  });
});

test.each<[string, Measured]>([
  ['lost', measured({ attempts: [], stored: [] })],
  ['doubled', measured({ attempts: [ran, ran] })],
  ['not finished', measured({ attempts: [], stored: [{ ...there, state: 'waiting' }] })],
  ['more than 3', measured({}, { connections: { before: 33, after: 4 } })],
  ['is on both', measured({}, { engines: new Map([['calendar-sync', 'both']]) })],
  ['an add failed', measured({}, { faults: ['an add failed'] })],
])('%s: the demo has not shown what it is there to show', (problem, what) => {
  const result = conclude(what);
  expect(result.problems).toEqual([expect.stringContaining(problem)]);
  const summary = drawSummary(result, plain).join('\n');
  expect(summary).toContain(problem);
  expect(summary).toContain('Not as it should be');
});

test('a rerun is told and does no harm', () => {
  const rerun = { ...ran, succeeded: false };
  const result = conclude(measured({ attempts: [rerun, ran] }));
  expect(result.problems).toEqual([]);
  expect(result.figures.jobs.reruns).toBe(1);
  expect(drawSummary(result, plain).join('\n')).toContain('rerun: calendar-sync 1');
});

test('the summary compares before and after and fits 80 columns', () => {
  const lines = drawSummary(conclude(measured()), plain);
  expect(lines.join('\n')).toMatch(/Redis connections, 11 queues +33 +2\n/);
  expect(lines.join('\n')).toMatch(/billed commands a minute, idle +611 +3\n/);
  expect(lines.join('\n')).toMatch(/a month +26\.40 M +0\.13 M\n/);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
});
