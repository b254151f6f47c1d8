import type { Case } from '../benchmark.js';
import { median } from '../statistics.js';
import { BASELINE, contenders, type ContenderId } from './contender.js';
import type { Measurements } from './measurements.js';
import type { DelayedFigures, TimedFigures } from './timed-cases.js';

type Description = Omit<Case, 'figures' | 'runs' | 'ratios'>;
type ByContender<Figures> = Partial<Record<ContenderId, Figures>>;

/** Puts measurements into cases, in the order they are read. */
export function casesOf(measured: Measurements): Case[] {
  const { idle, sparseInstant, sparse50Ms, burst, timed, losses } = measured;
  const delayed = delayedOf(timed);
  const count = (name: string, title: string, unit: string) => ({
    name,
    title,
    unit,
    quietMachineOnly: false,
  });
  const timing = (name: string, title: string, unit: string) => ({
    name,
    title,
    unit,
    quietMachineOnly: true,
  });
  const commands = 'commands';
  return [
    single(count('connections', 'connections', ''), idle, (one) => one.connections),
    single(
      count('connections-with-events', 'connections with queue-wide events', ''),
      idle,
      (one) => one.connectionsWithEvents,
    ),
    single(count('idle-sent-per-minute', 'idle, sent a minute', commands), idle, (one) => one.sentPerMinute),
    single(
      count('idle-billed-per-minute', 'idle, billed a minute', commands),
      idle,
      (one) => one.billedPerMinute,
    ),
    single(
      count('sparse-sent', 'sparse job, instant: sent', commands),
      sparseInstant,
      (one) => one.sentPerJob,
    ),
    single(
      count('sparse-billed', 'sparse job, instant: billed', commands),
      sparseInstant,
      (one) => one.billedPerJob,
    ),
    single(
      count('sparse-50ms-sent', 'sparse job, 50 ms: sent', commands),
      sparse50Ms,
      (one) => one.sentPerJob,
    ),
    single(
      count('sparse-50ms-billed', 'sparse job, 50 ms: billed', commands),
      sparse50Ms,
      (one) => one.billedPerJob,
    ),
    single(count('burst-sent', 'job in a burst: sent', commands), burst, (one) => one.sentPerJob),
    single(count('burst-billed', 'job in a burst: billed', commands), burst, (one) => one.billedPerJob),
    repeated(timing('jobs-per-second-1', 'concurrency 1', 'jobs/s'), timed, (one) => one.jobsPerSecond1),
    repeated(timing('jobs-per-second-10', 'concurrency 10', 'jobs/s'), timed, (one) => one.jobsPerSecond10),
    repeated(
      timing('cpu', 'CPU of the app, concurrency 10', 'ms per 1000'),
      timed,
      (one) => one.cpuMsPer1000Jobs,
    ),
    repeated(timing('add-p95', 'add, p95', 'ms'), timed, (one) => one.addP95Ms),
    repeated(timing('sparse-latency-p50', 'add → completed, p50', 'ms'), timed, (one) => one.sparseP50Ms),
    repeated(timing('sparse-latency-p95', 'add → completed, p95', 'ms'), timed, (one) => one.sparseP95Ms),
    repeated(timing('delayed-p50', 'delayed job late, p50', 'ms'), delayed, (one) => one.p50Ms),
    repeated(timing('delayed-p95', 'delayed job late, p95', 'ms'), delayed, (one) => one.p95Ms),
    // The earliest of all runs: one job that is early is one too many.
    repeated(
      count('delayed-min', 'delayed job late, least', 'ms'),
      delayed,
      (one) => one.minMs,
      (values) => Math.min(...values),
    ),
    worst(count('marker-lost', 'marker lost with its process', 's until run'), losses.marker),
    worst(count('timer-lost', 'timer lost with its process', 's until run'), losses.timer),
  ];
}

function delayedOf(timed: ByContender<TimedFigures[]>): ByContender<DelayedFigures[]> {
  const delayed = mapped(timed, (runs) => runs.flatMap((run) => run.delayed ?? []));
  return Object.fromEntries(Object.entries(delayed).filter(([, runs]) => runs.length > 0));
}

function single<Figures>(
  description: Description,
  measured: ByContender<Figures>,
  figureOf: (figures: Figures) => number,
): Case {
  const figures = mapped(measured, figureOf);
  return { ...description, figures, ratios: ratiosOf(figures) };
}

function repeated<Figures>(
  description: Description,
  measured: ByContender<Figures[]>,
  figureOf: (figures: Figures) => number,
  combine: (values: readonly number[]) => number = median,
): Case {
  const runs = mapped(measured, (all) => all.map(figureOf));
  const figures = mapped(runs, combine);
  const ratios = mapped(runs, (values) =>
    median(values.map((value, run) => value / (runs[BASELINE]?.[run] ?? Number.NaN))),
  );
  return { ...description, figures, runs, ...(combine === median ? { ratios: finite(ratios) } : {}) };
}

/** Milliseconds in, seconds out. */
function worst(description: Description, measured: ByContender<number[]>): Case {
  const runs = mapped(measured, (values) => values.map((value) => value / 1000));
  return { ...description, figures: mapped(runs, (values) => Math.max(...values)), runs };
}

function ratiosOf(figures: ByContender<number>): ByContender<number> {
  return finite(mapped(figures, (value) => value / (figures[BASELINE] ?? Number.NaN)));
}

/** Nothing can be said against a baseline of zero, or without one. */
function finite(ratios: ByContender<number>): ByContender<number> {
  return Object.fromEntries(Object.entries(ratios).filter(([, ratio]) => Number.isFinite(ratio)));
}

function mapped<From, To>(from: ByContender<From>, change: (value: From) => To): ByContender<To> {
  const to: ByContender<To> = {};
  for (const { id } of contenders) {
    const value = from[id];
    if (value !== undefined) to[id] = change(value);
  }
  return to;
}
