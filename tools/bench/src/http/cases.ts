import type { Case } from '../benchmark.js';
import { median } from '../statistics.js';
import { BASELINE, contenders, type ByContender, type ContenderId } from './contender.js';
import type { RaceFigures } from './contender-operations.js';
import type { Cost } from './counted-cases.js';
import {
  httpOperations,
  racedAlgorithms,
  timedOperations,
  type HttpOperation,
  type RacedAlgorithm,
  type TimedOperation,
} from './http-operations.js';
import type { Measurements } from './measurements.js';
import { CALLERS, RACE_LIMIT, RACED_WINDOWS, SLOW_MS, STAMPEDE_CALLERS } from './sizes.js';
import type { TimedRun, Timing } from './timed-cases.js';

/** Puts measurements into cases, in the order they are read: what it costs, who is exact, how long it takes. */
export function casesOf(measured: Measurements): Case[] {
  const { connections, costs, stampede, races, prompt, slow } = measured;
  const operations = Object.keys(httpOperations) as HttpOperation[];
  const algorithms = Object.keys(racedAlgorithms) as RacedAlgorithm[];
  const rush = `${STAMPEDE_CALLERS} callers, one cold key`;
  return [
    counted('connections', 'TCP connections to Redis', '', connections),
    ...operations.flatMap((operation) => costCases(operation, costs.alone[operation] ?? {})),
    ...operations.flatMap((operation) => togetherCases(operation, costs.together[operation])),
    counted(
      'stampede-fetches',
      `${rush}: fetches`,
      '',
      mapped(stampede, ({ fetches }) => fetches),
    ),
    counted(
      'stampede-billed',
      `${rush}: billed`,
      'commands',
      mapped(stampede, ({ billed }) => billed),
    ),
    ...algorithms.flatMap((one) => raceCases(one, races.remembering[one], 'race', '')),
    ...algorithms.flatMap((one) => raceCases(one, races.asking[one], 'race-asking', ', nothing remembered')),
    ...timedOperations.flatMap((operation) => timedCases(operation, 0, prompt)),
    // Memory is not asked over the network.
    ...timedOperations
      .filter((operation) => operation !== 'read-memory')
      .flatMap((operation) => timedCases(operation, SLOW_MS, slow)),
  ];
}

function costCases(operation: HttpOperation, costs: ByContender<Cost>): Case[] {
  const { title } = httpOperations[operation];
  return [
    counted(
      `${operation}-billed`,
      `${title}: billed`,
      'commands',
      mapped(costs, ({ billed }) => billed),
    ),
    counted(`${operation}-round-trips`, `${title}: round trips`, 'requests', mapped(costs, tripsOf)),
  ];
}

function togetherCases(operation: HttpOperation, costs: ByContender<Cost> | undefined): Case[] {
  if (!costs) return [];
  const title = `${httpOperations[operation].title}: round trips, ${CALLERS} callers`;
  return [counted(`${operation}-round-trips-${CALLERS}`, title, 'requests', mapped(costs, tripsOf))];
}

/** TCP has no requests to count. */
function tripsOf({ roundTrips }: Cost, id: ContenderId): number | undefined {
  return id === 'bentocache' ? undefined : roundTrips;
}

function raceCases(
  algorithm: RacedAlgorithm,
  figures: ByContender<RaceFigures>,
  name: string,
  manner: string,
): Case[] {
  const title = `${racedAlgorithms[algorithm].title}${manner}: admitted`;
  return [
    counted(
      `${name}-${algorithm}-window`,
      `${title} in any one window`,
      `of ${RACE_LIMIT}`,
      mapped(figures, ({ mostInOneWindow }) => mostInOneWindow),
    ),
    counted(
      `${name}-${algorithm}-all`,
      `${title} in ${RACED_WINDOWS} windows`,
      '',
      mapped(figures, ({ admitted }) => admitted),
    ),
  ];
}

function timedCases(operation: TimedOperation, latencyMs: number, runs: readonly TimedRun[]): Case[] {
  const { title } = httpOperations[operation];
  const timed = (figure: string, label: string, unit: string, figureOf: (timing: Timing) => number): Case => {
    const measured = mapped(runs[0]?.[operation] ?? {}, (_, id) =>
      runs.flatMap((run) => run[operation][id] ?? []).map(figureOf),
    );
    const ratios = mapped(measured, (values) =>
      finite(median(values.map((value, run) => value / (measured[BASELINE]?.[run] ?? Number.NaN)))),
    );
    return {
      name: `${operation}-${figure}-${latencyMs}ms`,
      title: `${title}, ${latencyMs} ms: ${label}`,
      unit,
      quietMachineOnly: true,
      figures: mapped(measured, median),
      runs: measured,
      ratios,
    };
  };
  return [
    timed('p50', 'p50', 'ms', ({ p50Ms }) => p50Ms),
    timed('p95', 'p95', 'ms', ({ p95Ms }) => p95Ms),
    timed('per-second-1', '1 caller', 'a second', ({ perSecond }) => perSecond),
    timed(
      `per-second-${CALLERS}`,
      `${CALLERS} callers`,
      'a second',
      ({ perSecondTogether }) => perSecondTogether,
    ),
  ];
}

function counted(name: string, title: string, unit: string, figures: ByContender<number>): Case {
  return { name, title, unit, quietMachineOnly: false, figures };
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function mapped<From, To>(
  from: ByContender<From>,
  change: (value: From, id: ContenderId) => To | undefined,
): ByContender<To> {
  const to: ByContender<To> = {};
  for (const { id } of contenders) {
    const value = from[id];
    const changed = value === undefined ? undefined : change(value, id);
    if (changed !== undefined) to[id] = changed;
  }
  return to;
}
