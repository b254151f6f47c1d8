import type { Case, Limit } from '../benchmark.js';
import type { ContenderId } from './contender.js';
import { CALLERS, RACE_LIMIT, SLOW_MS, STAMPEDE_CALLERS } from './sizes.js';

const OURS: ContenderId = 'ours';

/** What is promised of the packages on http-redis, filled in from the cases of a run. */
export function limitsOf(cases: readonly Case[]): Limit[] {
  const caseOf = (name: string) => cases.find((one) => one.name === name);
  const atMost = (limit: number, name: string, unit: string, value: number | undefined): Limit => ({
    name,
    unit,
    comparison: '<=',
    limit,
    ...(value !== undefined && { value }),
    quietMachineOnly: false,
  });
  const count = (limit: number, name: string, unit: string, ...caseNames: string[]) => {
    const figures = caseNames.map((caseName) => caseOf(caseName)?.figures[OURS]);
    const isMeasured = (figure: number | undefined): figure is number => figure !== undefined;
    return atMost(limit, name, unit, figures.every(isMeasured) ? Math.max(...figures) : undefined);
  };
  const ratio = (limit: number, name: string, caseName: string): Limit => ({
    ...atMost(limit, name, '× @upstash/redis', caseOf(caseName)?.ratios?.[OURS]),
    quietMachineOnly: true,
  });
  const rush = `${STAMPEDE_CALLERS} callers, one cold key`;
  return [
    count(3.3, 'sliding window, allowed', 'billed', 'sliding-billed', 'sliding-bursts-billed'),
    count(
      RACE_LIMIT,
      `admitted in any one window, limit ${RACE_LIMIT}`,
      '',
      'race-sliding-window',
      'race-lease-window',
      'race-asking-sliding-window',
      'race-asking-lease-window',
    ),
    count(0.9, 'the same with a lease of 5', 'billed', 'lease-billed'),
    count(0.05, 'repeated rejection', 'billed', 'rejected-billed'),
    count(1, 'two limits in one check', 'requests', 'two-limits-round-trips'),
    count(5.5, 'two limits in one check', 'billed', 'two-limits-billed'),
    count(0, 'untagged cached read, memory', 'billed', 'read-memory-billed'),
    count(1, 'untagged cached read, HTTP', 'billed', 'read-redis-billed'),
    count(2, 'untagged cached read, miss', 'billed', 'read-miss-billed'),
    count(1, rush, 'fetches', 'stampede-fetches'),
    count(2, rush, 'billed', 'stampede-billed'),
    count(4, 'idempotency, claim and complete', 'billed', 'once-billed'),
    ratio(1.3, `limiter check p95, ${SLOW_MS} ms latency`, `sliding-p95-${SLOW_MS}ms`),
    ratio(1.25, 'GET p50, 0 ms latency', 'get-p50-0ms'),
    ratio(1.25, 'SET p50, 0 ms latency', 'set-p50-0ms'),
    {
      ...ratio(0.95, `GET, ${CALLERS} callers, a second`, `get-per-second-${CALLERS}-0ms`),
      comparison: '>=',
    },
    {
      ...ratio(0.95, `SET, ${CALLERS} callers, a second`, `set-per-second-${CALLERS}-0ms`),
      comparison: '>=',
    },
  ];
}
