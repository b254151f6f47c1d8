import type { Case, Limit } from '../benchmark.js';
import { CONTENDER } from './cases.js';

export function limitsOf(cases: readonly Case[]): Limit[] {
  const limit = (name: string, unit: string, atMost: number, of: string): Limit => {
    const value = cases.find((one) => one.name === of)?.figures[CONTENDER];
    return {
      name,
      unit,
      comparison: '<=',
      limit: atMost,
      ...(value !== undefined && { value }),
      quietMachineOnly: false,
    };
  };
  return [
    { ...limit('jobs of the burst', 'jobs', 110_000, 'burst'), comparison: '>=' },
    limit('lost', 'jobs', 0, 'lost'),
    limit('refused', 'jobs', 0, 'refused'),
    limit('doubled', 'jobs', 0, 'doubled'),
    limit('left over at the end, or failed', 'jobs', 0, 'unfinished'),
    limit('connections of a process', '', 2, 'connections'),
    limit('errors reported', '', 0, 'reports'),
    limit('heap after gc in ten minutes', 'MB', 2, 'heap-growth'),
    limit('RSS in ten minutes', 'MB', 10, 'rss-growth'),
  ];
}
