import { casesOf } from './cases.js';
import { contenders, type ContenderId } from './contender.js';
import { limitsOf } from './limits.js';
import type { Measurements } from './measurements.js';
import type { TimedFigures } from './timed-cases.js';

const forAll = <Figures>(figures: (id: ContenderId) => Figures): Record<ContenderId, Figures> =>
  Object.fromEntries(contenders.map(({ id }) => [id, figures(id)])) as Record<ContenderId, Figures>;

const timedRun = (jobsPerSecond: number, minMs = 0): TimedFigures => ({
  jobsPerSecond1: jobsPerSecond,
  jobsPerSecond10: jobsPerSecond * 2,
  cpuMsPer1000Jobs: 100,
  addP95Ms: 1,
  sparseP50Ms: 1,
  sparseP95Ms: 2,
  delayed: { p50Ms: 1, p95Ms: 2, minMs },
});

function measured(changes: Partial<Measurements> = {}): Measurements {
  return {
    idle: forAll((id) => ({
      connections: id === 'ours' ? 2 : 33,
      connectionsWithEvents: id === 'ours' ? 3 : 44,
      sentPerMinute: 2,
      billedPerMinute: id === 'ours' ? 2.5 : 1185,
    })),
    sparseInstant: forAll((id) => ({ sentPerJob: 6, billedPerJob: id === 'ours' ? 47 : 53 })),
    sparse50Ms: forAll((id) => ({ sentPerJob: 6, billedPerJob: id === 'ours' ? 51 : 53 })),
    burst: forAll(() => ({ sentPerJob: 2, billedPerJob: 33.2 })),
    timed: forAll(() => [timedRun(1_000)]),
    losses: { marker: { ours: [29_000, 31_000] }, timer: { ours: [10_000, 500] } },
    ...changes,
  };
}

const caseNamed = (name: string, measurements: Measurements) => {
  const found = casesOf(measurements).find((one) => one.name === name);
  if (!found) throw new Error(`no case ${name}`);
  return found;
};

describe('cases', () => {
  it('have names of their own', () => {
    const names = casesOf(measured()).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('compare run by run, so that a machine that slows down slows both', () => {
    const one = caseNamed(
      'jobs-per-second-1',
      measured({
        timed: {
          'bullmq-options': [timedRun(1_000), timedRun(500), timedRun(100)],
          ours: [timedRun(1_200), timedRun(600), timedRun(120)],
        },
      }),
    );
    expect(one.figures).toEqual({ 'bullmq-options': 500, ours: 600 });
    expect(one.ratios?.ours).toBeCloseTo(1.2);
    expect(one.runs?.ours).toEqual([1_200, 600, 120]);
    expect(one.quietMachineOnly).toBe(true);
  });

  it('have no ratio against nothing', () => {
    const silent = forAll(() => ({
      connections: 1,
      connectionsWithEvents: 1,
      sentPerMinute: 0,
      billedPerMinute: 0,
    }));
    expect(caseNamed('idle-billed-per-minute', measured({ idle: silent })).ratios).toEqual({});
    expect(caseNamed('connections', measured({ idle: { ours: silent.ours } })).ratios).toEqual({});
  });

  it('take the worst loss, in seconds, and the earliest delayed job of all runs', () => {
    expect(caseNamed('marker-lost', measured()).figures).toEqual({ ours: 31 });
    const timed = { ours: [timedRun(1), timedRun(1, -1), timedRun(1)] };
    expect(caseNamed('delayed-min', measured({ timed })).figures).toEqual({ ours: -1 });
  });
});

describe('limits', () => {
  it('are all measured by a full run', () => {
    for (const limit of limitsOf(casesOf(measured())))
      expect(limit).toMatchObject({ value: expect.any(Number) });
  });

  it('are absolute for counts and ratios for timings', () => {
    const values = Object.fromEntries(limitsOf(casesOf(measured())).map(({ name, value }) => [name, value]));
    expect(values).toEqual({
      connections: 2,
      'connections with queue-wide events': 3,
      'idle, billed a minute': 2.5,
      'sparse job, instant handler': 47,
      'sparse job, 50 ms handler': 51,
      'job in a burst': 33.2,
      'jobs/s, concurrency 1': 1,
      'jobs/s, concurrency 10': 1,
      'sparse latency p95': 1,
      'delayed job late, p95': 2,
      'delayed job late, least': 0,
      'marker lost, job runs elsewhere': 31,
      'timer lost, job runs elsewhere': 10,
    });
  });

  it('stay without a value when nothing was measured', () => {
    const limits = limitsOf(casesOf(measured({ losses: { marker: {}, timer: {} } })));
    expect(limits.filter(({ value }) => value === undefined).map(({ name }) => name)).toEqual([
      'marker lost, job runs elsewhere',
      'timer lost, job runs elsewhere',
    ]);
  });
});
