import { casesOf } from './cases.js';
import { contenders, type ByContender } from './contender.js';
import { contendersOf, httpOperations, timedOperations, type HttpOperation } from './http-operations.js';
import { limitsOf } from './limits.js';
import type { Measurements } from './measurements.js';
import type { TimedRun, Timing } from './timed-cases.js';

const forAll = <Figures>(figures: Figures): ByContender<Figures> =>
  Object.fromEntries(contenders.map(({ id }) => [id, figures]));

const timing = (ms: number): Timing => ({
  p50Ms: ms,
  p95Ms: 2 * ms,
  perSecond: 1000 / ms,
  perSecondTogether: 10_000 / ms,
});

/** The bare client takes so long for anything, ours so much of that. */
const timedRun = (sdkMs: number, share: number): TimedRun =>
  Object.fromEntries(
    timedOperations.map((operation) => [
      operation,
      Object.fromEntries(
        contendersOf(operation).map((id) => [id, timing(id === 'ours' ? sdkMs * share : sdkMs)]),
      ),
    ]),
  ) as TimedRun;

const BILLED: Partial<Record<HttpOperation, number>> = {
  sliding: 3.02,
  'sliding-bursts': 3.1,
  'sliding-sparse': 3.4,
  lease: 0.6,
  rejected: 0.03,
  'two-limits': 5.1,
  'read-memory': 0,
  'read-redis': 1,
  'read-miss': 2,
  once: 4,
};

function measured(changes: Partial<Measurements> = {}): Measurements {
  const operations = Object.keys(httpOperations) as HttpOperation[];
  const race = (mostInOneWindow: number) => ({ ours: { mostInOneWindow, admitted: 60 } });
  const races = { sliding: race(20), lease: race(19), fixed: {}, token: race(38) };
  return {
    connections: { sdk: 0, ours: 0, bentocache: 1 },
    costs: {
      alone: Object.fromEntries(
        operations.map((operation) => [operation, forAll({ billed: BILLED[operation] ?? 1, roundTrips: 1 })]),
      ),
      together: { get: forAll({ billed: 1, roundTrips: 0.02 }) },
    },
    stampede: { ours: { fetches: 1, billed: 2 }, sdk: { fetches: 1000, billed: 2000 } },
    races: { remembering: races, asking: races },
    prompt: [timedRun(1, 1)],
    slow: [timedRun(21, 1.1)],
    ...changes,
  };
}

const caseNamed = (name: string, measurements = measured()) => {
  const found = casesOf(measurements).find((one) => one.name === name);
  if (!found) throw new Error(`no case ${name}`);
  return found;
};
const limitsBy = (measurements: Measurements) => limitsOf(casesOf(measurements));

describe('cases', () => {
  it('have names and titles of their own', () => {
    const cases = casesOf(measured());
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    expect(new Set(cases.map(({ title }) => title)).size).toBe(cases.length);
  });

  it('compare with the bare client run by run, so that a machine that slows down slows both', () => {
    const prompt = [timedRun(1, 1.2), timedRun(2, 1.2), timedRun(10, 1.1)];
    const one = caseNamed('get-p50-0ms', measured({ prompt }));
    expect(one.figures).toEqual({ sdk: 2, ours: 2.4 });
    expect(one.runs?.ours).toEqual([1.2, 2.4, 11]);
    expect(one.ratios?.ours).toBeCloseTo(1.2);
    expect(one.quietMachineOnly).toBe(true);
  });

  it('have no ratio where the bare client takes no part', () => {
    expect(caseNamed('read-memory-p50-0ms').figures).toEqual({ ours: 1, bentocache: 1 });
    expect(caseNamed('read-memory-p50-0ms').ratios).toEqual({});
  });

  it('count no requests over TCP', () => {
    expect(caseNamed('read-redis-round-trips').figures).not.toHaveProperty('bentocache');
    expect(caseNamed('read-redis-billed').figures).toHaveProperty('bentocache');
  });
});

describe('limits', () => {
  it('are all measured in a run, each with a name of its own', () => {
    const limits = limitsBy(measured());
    expect(limits.filter(({ value }) => value === undefined)).toEqual([]);
    expect(new Set(limits.map(({ name, unit }) => name + unit)).size).toBe(limits.length);
  });

  it('take the dearer count of what they promise, and the fullest window of all races', () => {
    const races = measured().races.asking;
    const overfull = { ...races, lease: { ours: { mostInOneWindow: 21, admitted: 60 } } };
    const limits = limitsBy(measured({ races: { remembering: races, asking: overfull } }));
    const valueOf = (name: string) => limits.find((one) => one.name === name)?.value;
    expect(valueOf('sliding window, allowed')).toBe(3.1);
    expect(valueOf('admitted in any one window, limit 20')).toBe(21);
  });

  it('want ours not much slower, and as many calls a second', () => {
    const timed = limitsBy(measured()).filter(({ quietMachineOnly }) => quietMachineOnly);
    expect(timed.map(({ comparison, limit, value }) => [comparison, limit, value])).toEqual([
      ['<=', 1.3, expect.closeTo(1.1)],
      ['<=', 1.25, 1],
      ['<=', 1.25, 1],
      ['>=', 0.95, 1],
      ['>=', 0.95, 1],
    ]);
  });

  it('are not judged where a race was not run', () => {
    const { asking } = measured().races;
    const limits = limitsBy(measured({ races: { remembering: { ...asking, lease: {} }, asking } }));
    expect(limits.find(({ name }) => name.startsWith('admitted'))).not.toHaveProperty('value');
  });
});
