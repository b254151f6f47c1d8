import type { ProcessSample } from '../port-app/app-operations.js';
import type { AppRun, Outage } from './app-run.js';
import { casesOf, remarksOn } from './cases.js';
import { limitsOf } from './limits.js';

const KB = 1024;

const sample = (changes: Partial<ProcessSample> = {}): ProcessSample => ({
  atMs: 0,
  heapBytes: 10_000 * KB,
  rssBytes: 0,
  listeners: 100,
  sockets: 3,
  timers: 20,
  running: 0,
  ...changes,
});

const outage = (index: number, changes: Partial<Outage> = {}): Outage => ({
  fault: index % 2 ? { type: 'reset', of: 'all' } : { type: 'restart', kill: true, downMs: 0 },
  disturbance: { fromMs: 0, toMs: 1 },
  firstWakeUpMs: 100 + index,
  allWakeUpsMs: 200 + index,
  reports: { bullmq: ['read ECONNRESET'] },
  sample: sample(),
  connections: 3,
  targetShare: 50,
  ...changes,
});

function runOf(each: (index: number) => Partial<Outage>, changes: Partial<AppRun> = {}): AppRun {
  return {
    engine: 'bullmq',
    before: { sample: sample(), connections: 3 },
    outages: Array.from({ length: 40 }, (_, index) => outage(index, each(index))),
    silenceMs: 7000,
    account: { added: 1000, refused: 2, ranThoughRefused: 1, lost: 0, doubled: 0, reruns: 3 },
    counts: { waiting: 0, active: 0, delayed: 0, completed: 900, failed: 0 },
    connectionsAtEnd: 3,
    ...changes,
  };
}

const fine = runOf(() => ({}));
const figuresOf = (run: AppRun) =>
  Object.fromEntries(casesOf([run]).map(({ name, figures }) => [name, figures[run.engine]]));
const missed = (...runs: AppRun[]) =>
  limitsOf(casesOf(runs))
    .filter(({ comparison, value = NaN, limit }) => !(comparison === '<=' ? value <= limit : value >= limit))
    .map(({ name }) => name);

it('takes the figures from the outages', () => {
  expect(figuresOf(fine)).toMatchObject({
    restarts: 20,
    cuts: 20,
    'first-p50': 119,
    'first-max': 139,
    'all-max': 239,
    silence: 7,
    reports: 40,
    'reports-max': 1,
    reruns: 3,
    'heap-growth': 0,
  });
});

it('holds every limit when all is well, whichever apps were there', () => {
  expect(missed(fine)).toEqual([]);
  expect(
    missed(
      fine,
      runOf(() => ({}), { engine: 'rollout' }),
    ),
  ).toEqual([]);
});

it.each<[string, AppRun]>([
  ['lost', runOf(() => ({}), { account: { ...fine.account, lost: 1 } })],
  ['doubled', runOf(() => ({}), { account: { ...fine.account, doubled: 1 } })],
  ['left over at the end, or failed', runOf(() => ({}), { counts: { failed: 1 } })],
  [
    'a job on each of 11 queues after the return',
    runOf((index) => (index === 7 ? { allWakeUpsMs: 2001 } : {})),
  ],
  ['silence for good noticed after', runOf(() => ({}), { silenceMs: 61_000 })],
  [
    'errors reported of one outage by one engine',
    runOf((index) => (index === 7 ? { reports: { bullmq: ['a', 'b', 'c'] } } : {})),
  ],
  ['connections more than before an outage', runOf((index) => (index === 7 ? { connections: 4 } : {}))],
  ['listeners more in the second half', runOf((index) => ({ sample: sample({ listeners: 100 + index }) }))],
  ['sockets more in the second half', runOf((index) => ({ sample: sample({ sockets: 3 + index }) }))],
  ['timers more in the second half', runOf((index) => ({ sample: sample({ timers: 20 + index }) }))],
  [
    'heap an outage, last third',
    runOf((index) => ({ sample: sample({ heapBytes: (10_000 + 120 * index) * KB }) })),
  ],
])('misses the limit of "%s"', (name, run) => {
  expect(missed(run)).toEqual([name]);
  expect(missed(fine, { ...run, engine: 'bull' })).toEqual([name]);
});

it('compares the heap of a rollout with itself in the same stage', () => {
  const stages = [50, 100, 50, 0];
  const run = runOf((index) => ({
    targetShare: stages[index % 4] ?? 0,
    sample: sample({ heapBytes: (10_000 + (stages[index % 4] ?? 0) * 20) * KB }),
  }));
  expect(figuresOf(run)['heap-growth']).toBe(0);
});

it('remarks on each outage that went beyond a limit', () => {
  const run = runOf((index) =>
    index === 7 ? { allWakeUpsMs: 2001 } : index === 8 ? { reports: { bullmq: ['a', 'b', 'c'] } } : {},
  );
  expect(remarksOn([fine])).toEqual([]);
  expect(remarksOn([run])).toEqual([
    'bullmq, outage 8 (reset, all): all queues worked after 2001 ms.',
    'bullmq, outage 9 (kill -9, back after 0 ms): reported a; b; c.',
  ]);
});
