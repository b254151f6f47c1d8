import type { Case, Limit } from '../benchmark.js';

/** From the return of server and network until every queue works again. */
export const WAKE_UP_LIMIT_MS = 2000;
/** Of one outage, by one engine. */
export const REPORTS_LIMIT = 2;

/** What is promised of every app alike, held against the worst of them. */
export function limitsOf(cases: readonly Case[]): Limit[] {
  const figures = (name: string) => cases.find((one) => one.name === name)?.figures ?? {};
  const most = (name: string) => {
    const values = Object.values(figures(name));
    return values.length > 0 ? Math.max(...values) : undefined;
  };
  const least = (name: string) => {
    const values = Object.values(figures(name));
    return values.length > 0 ? Math.min(...values) : undefined;
  };
  const atMost = (
    name: string,
    unit: string,
    limit: number,
    value: number | undefined,
    timed = false,
  ): Limit => ({
    name,
    unit,
    comparison: '<=',
    limit,
    ...(value !== undefined && { value }),
    quietMachineOnly: timed,
  });
  const atLeast = (name: string, limit: number, value: number | undefined): Limit => ({
    ...atMost(name, '', limit, value),
    comparison: '>=',
  });
  return [
    atLeast('server restarts', 20, least('restarts')),
    atLeast('broken connections', 20, least('cuts')),
    atMost('lost', 'jobs', 0, most('lost')),
    atMost('doubled', 'jobs', 0, most('doubled')),
    atMost('left over at the end, or failed', 'jobs', 0, most('unfinished')),
    atMost('a job on each of 11 queues after the return', 'ms', WAKE_UP_LIMIT_MS, most('all-max'), true),
    atMost('silence for good noticed after', 's', 60, most('silence')),
    atMost('errors reported of one outage by one engine', '', REPORTS_LIMIT, most('reports-max')),
    atMost('connections of BullMQ, with events', '', 3, figures('connections').bullmq),
    atMost('connections more than before an outage', '', 0, most('connections-more')),
    ...('rollout' in figures('connections-end')
      ? [atMost('connections of a rollout at the end', '', 3, figures('connections-end').rollout)]
      : []),
    atMost('listeners more in the second half', '', 0, most('listeners-more')),
    atMost('sockets more in the second half', '', 0, most('sockets-more')),
    atMost('timers more in the second half', '', 5, most('timers-more')),
    // Code that runs so seldom goes on being compiled, which is 20 to 60 KB; a few hundred bytes kept of each job are more.
    atMost('heap an outage, last third', 'KB', 100, most('heap-growth')),
  ];
}
