import type { Account } from './account.js';

export interface BeforeAfter {
  readonly before: number;
  readonly after: number;
}

/** What `--json` prints. */
export interface DemoFigures {
  readonly queues: readonly {
    readonly name: string;
    readonly engine: string;
    readonly accepted: number;
    readonly completed: number;
    readonly failed: number;
  }[];
  /** Of the legacy app, and of CatchUp once the old side is empty. */
  readonly connections: BeforeAfter;
  readonly idleBilledPerMinute: BeforeAfter;
  readonly jobs: {
    readonly accepted: number;
    readonly completed: number;
    readonly failed: number;
    readonly lost: number;
    readonly doubled: number;
    readonly reruns: number;
  };
  readonly durationMs: number;
}

export interface DemoResult {
  readonly figures: DemoFigures;
  /** What keeps the demo from having shown what it is there to show; empty when it did. */
  readonly problems: readonly string[];
  /** Jobs that ran more often than meant, harmlessly. */
  readonly rerunJobs: readonly string[];
}

export const MAX_CONNECTIONS = 3;

export interface Measured {
  readonly account: Account;
  /** In migration order; the engine that serves the queue alone, or `both`. */
  readonly engines: ReadonlyMap<string, string>;
  readonly targetEngine: string;
  readonly connections: BeforeAfter;
  readonly idleBilledPerMinute: BeforeAfter;
  readonly durationMs: number;
  /** What went wrong on the way. */
  readonly faults: readonly string[];
}

export function conclude(measured: Measured): DemoResult {
  const { account, engines, targetEngine, connections, idleBilledPerMinute, durationMs, faults } = measured;
  const { accepted, completed, failed, lost, doubled, reruns } = account.total;
  const queues = [...engines].map(([name, engine]) => {
    const figures = account.queues.get(name);
    return {
      name,
      engine,
      accepted: figures?.accepted ?? 0,
      completed: figures?.completed ?? 0,
      failed: figures?.failed ?? 0,
    };
  });
  const elsewhere = queues.filter(({ engine }) => engine !== targetEngine);
  const problems = [
    ...faults,
    ...account.problems,
    ...elsewhere.map(({ name, engine }) => `${name} is on ${engine}, not on ${targetEngine}`),
    ...(connections.after > MAX_CONNECTIONS
      ? [`the app holds ${connections.after} connections, more than ${MAX_CONNECTIONS}`]
      : []),
  ];
  return {
    figures: {
      queues,
      connections,
      idleBilledPerMinute,
      jobs: { accepted, completed, failed, lost, doubled, reruns },
      durationMs,
    },
    problems,
    rerunJobs: account.rerunJobs,
  };
}
