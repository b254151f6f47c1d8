import type { Case } from '../benchmark.js';
import type { AppEngine } from '../port-app/app-operations.js';
import { percentile, slope, type Point } from '../statistics.js';
import type { AppRun, Outage } from './app-run.js';
import { describeFault } from './faults.js';
import { REPORTS_LIMIT, WAKE_UP_LIMIT_MS } from './limits.js';

type Figure = (run: AppRun) => number | undefined;

/** What the runs come to, one figure for each app. */
export function casesOf(runs: readonly AppRun[]): Case[] {
  const one = (name: string, title: string, unit: string, figure: Figure, timed = false): Case => ({
    name,
    title,
    unit,
    quietMachineOnly: timed,
    figures: figuresOf(runs, figure),
  });
  return [
    one('restarts', 'server restarts', '', ({ outages }) => ofType(outages, true).length),
    one('cuts', 'broken connections', '', ({ outages }) => ofType(outages, false).length),
    one('added', 'adds that were answered', 'jobs', ({ account }) => account.added),
    one('refused', 'adds that were refused', 'jobs', ({ account }) => account.refused),
    one('lost', 'lost', 'jobs', ({ account }) => account.lost),
    one('doubled', 'doubled', 'jobs', ({ account }) => account.doubled),
    one('reruns', 'run again after a cut longer than a lock', 'jobs', ({ account }) => account.reruns),
    one('unfinished', 'left over at the end, or failed', 'jobs', ({ counts }) => leftOver(counts)),
    one(
      'first-p50',
      'first job after the return, p50',
      'ms',
      median(({ firstWakeUpMs }) => firstWakeUpMs),
      true,
    ),
    one(
      'first-max',
      'first job after the return, longest',
      'ms',
      most(({ firstWakeUpMs }) => firstWakeUpMs),
      true,
    ),
    one(
      'all-p50',
      'a job on each of 11 queues, p50',
      'ms',
      median(({ allWakeUpsMs }) => allWakeUpsMs),
      true,
    ),
    one(
      'all-max',
      'a job on each of 11 queues, longest',
      'ms',
      most(({ allWakeUpsMs }) => allWakeUpsMs),
      true,
    ),
    one('silence', 'silence for good noticed after', 's', ({ silenceMs }) => silenceMs && silenceMs / 1000),
    one('reports', 'errors reported', '', ({ outages }) => sum(outages.map(reportsOf))),
    one('reports-max', 'errors reported of one outage, most of one engine', '', most(reportsOfOneEngine)),
    one('connections', 'connections before', '', ({ before }) => before.connections),
    one('connections-more', 'connections more than before, most', '', connectionsMore),
    one('connections-end', 'connections at the end', '', ({ connectionsAtEnd }) => connectionsAtEnd),
    one(
      'listeners-more',
      'listeners, second half against first',
      '',
      growth(({ sample }) => sample.listeners),
    ),
    one(
      'sockets-more',
      'sockets, second half against first',
      '',
      growth(({ sample }) => sample.sockets),
    ),
    one(
      'timers-more',
      'timers, second half against first',
      '',
      growth(({ sample }) => sample.timers),
    ),
    one('heap', 'heap at the end', 'MB', ({ outages }) => mb(outages.at(-1)?.sample.heapBytes)),
    one('heap-growth', 'heap an outage, last third', 'KB', heapGrowth),
  ];
}

/** What went beyond a limit, outage by outage, for whoever has to find out why. */
export function remarksOn(runs: readonly AppRun[]): string[] {
  return runs.flatMap(({ engine, outages }) =>
    outages.flatMap((outage, index) => {
      const { fault, allWakeUpsMs, reports } = outage;
      const where = `${engine}, outage ${index + 1} (${describeFault(fault)})`;
      return [
        ...(allWakeUpsMs > WAKE_UP_LIMIT_MS ? [`${where}: all queues worked after ${allWakeUpsMs} ms.`] : []),
        ...(reportsOfOneEngine(outage) > REPORTS_LIMIT
          ? [`${where}: reported ${Object.values(reports).flat().join('; ')}.`]
          : []),
      ];
    }),
  );
}

function figuresOf(runs: readonly AppRun[], figure: Figure): Partial<Record<AppEngine, number>> {
  return Object.fromEntries(
    runs.flatMap((run) => {
      const value = figure(run);
      return value === undefined ? [] : [[run.engine, value]];
    }),
  );
}

function ofType(outages: readonly Outage[], isRestart: boolean): readonly Outage[] {
  return outages.filter(({ fault }) => (fault.type === 'restart') === isRestart);
}

function leftOver({ waiting = 0, active = 0, delayed = 0, failed = 0 }: AppRun['counts']): number {
  return waiting + active + delayed + failed;
}

function median(of: (outage: Outage) => number): Figure {
  return ({ outages }) => percentile(outages.map(of), 0.5);
}

function most(of: (outage: Outage) => number): Figure {
  return ({ outages }) => Math.max(...outages.map(of));
}

function reportsOf({ reports }: Outage): number {
  return sum(Object.values(reports).map((messages) => messages.length));
}

function reportsOfOneEngine({ reports }: Outage): number {
  return Math.max(0, ...Object.values(reports).map((messages) => messages.length));
}

function connectionsMore({ before, outages }: AppRun): number {
  return Math.max(...outages.map(({ connections }) => connections - before.connections));
}

/** The most that there was in the second half over the most in the first; a leak grows, and all else repeats itself. */
function growth(of: (at: Pick<Outage, 'sample'>) => number): Figure {
  return ({ before, outages }) => {
    const { first, second } = halves(outages);
    return Math.max(...second.map(of)) - Math.max(of(before), ...first.map(of));
  };
}

/**
 * By what the heap grows with every outage once the code is compiled, which takes long with outages as rare as these. A
 * rollout is compared with itself in the same stage.
 */
function heapGrowth({ outages }: AppRun): number {
  const last = outages.slice(Math.floor((outages.length * 2) / 3));
  const stages = new Map<number, Point[]>();
  for (const [x, { targetShare, sample }] of last.entries()) {
    const points = stages.get(targetShare) ?? [];
    stages.set(targetShare, [...points, { x, y: sample.heapBytes / 1024 }]);
  }
  const slopes = [...stages.values()].filter((points) => points.length > 1).map(slope);
  return slopes.length > 0 ? sum(slopes) / slopes.length : 0;
}

function halves(outages: readonly Outage[]) {
  const middle = Math.floor(outages.length / 2);
  return { first: outages.slice(0, middle), second: outages.slice(middle) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mb(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : bytes / 1024 / 1024;
}
