import type { ProcessSample } from '../port-app/app-operations.js';
import { casesOf, CONTENDER } from './cases.js';
import { limitsOf } from './limits.js';
import type { LoadRun } from './load-run.js';

const MB = 1024 * 1024;

const samplesOf = (heapMb: (minute: number) => number, rssMb: (minute: number) => number) =>
  Array.from({ length: 60 }, (_, index): ProcessSample => {
    const minute = index / 6;
    return {
      atMs: minute * 60_000,
      heapBytes: heapMb(minute) * MB,
      rssBytes: rssMb(minute) * MB,
      listeners: 1,
      sockets: 2,
      timers: 3,
      running: 0,
    };
  });

const flat = samplesOf(
  () => 20,
  () => 120,
);

const fine: LoadRun = {
  burstMs: 20_000,
  burstJobs: 110_000,
  account: { added: 150_000, refused: 0, ranThoughRefused: 0, lost: 0, doubled: 0, reruns: 0 },
  counts: { waiting: 0, active: 0, delayed: 0, completed: 11_000, failed: 0 },
  connectionsMost: 2,
  connectionsAtEnd: 2,
  reports: [],
  samples: [flat, flat, flat],
};

const missed = (run: LoadRun) =>
  limitsOf(casesOf(run))
    .filter(({ comparison, value = NaN, limit }) => !(comparison === '<=' ? value <= limit : value >= limit))
    .map(({ name }) => name);

it('holds every limit when all is done and memory is flat', () => {
  expect(missed(fine)).toEqual([]);
  const rate = casesOf(fine).find(({ name }) => name === 'burst-rate');
  expect(rate?.figures[CONTENDER]).toBe(5500);
});

it.each<[string, Partial<LoadRun>]>([
  ['jobs of the burst', { burstJobs: 100 }],
  ['lost', { account: { ...fine.account, lost: 1 } }],
  ['refused', { account: { ...fine.account, refused: 1 } }],
  ['doubled', { account: { ...fine.account, reruns: 1 } }],
  ['left over at the end, or failed', { counts: { delayed: 1 } }],
  ['connections of a process', { connectionsMost: 3 }],
  ['errors reported', { reports: ['bullmq: lost'] }],
  [
    'heap after gc in ten minutes',
    {
      samples: [
        flat,
        samplesOf(
          (minute) => 20 + minute / 2,
          () => 120,
        ),
        flat,
      ],
    },
  ],
  [
    'RSS in ten minutes',
    {
      samples: [
        flat,
        flat,
        samplesOf(
          () => 20,
          (minute) => 120 + 2 * minute,
        ),
      ],
    },
  ],
])('misses the limit of "%s"', (name, changes) => {
  expect(missed({ ...fine, ...changes })).toEqual([name]);
});

it('does not count what the burst leaves behind', () => {
  const samples = samplesOf(
    (minute) => (minute < 1.5 ? 60 - 20 * minute : 20),
    () => 120,
  );
  expect(missed({ ...fine, samples: [samples] })).toEqual([]);
});
