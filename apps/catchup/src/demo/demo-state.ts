import type { QueueStatus } from '@switchyard/queue-rollout';
import type { QueueView, Track, View } from './display/view.js';
import type { Reporter } from './display/reporter.js';
import { createLedger, type Ledger } from './ledger.js';
import type { RedisObserver } from './redis-observer.js';
import { traffic } from './traffic.js';

const SHOW_EVERY_MS = 200;
const LOOK_EVERY_MS = 1000;
const PACE_WINDOW_MS = 10_000;

const TRACKS: Readonly<Record<QueueStatus['phase'], Track>> = {
  legacy: 'bull',
  canary: 'to-bullmq',
  'draining-legacy': 'to-bullmq',
  target: 'bullmq',
  'draining-target': 'to-bull',
};

/** What is known about the demo while it runs, and shown. */
export interface DemoState {
  readonly ledger: Ledger;
  readonly faults: readonly string[];
  fault(text: string): void;
  step(text: string): void;
  /** Shows a wait whose end is known. */
  waiting(untilMs: number | null): void;
  status(queues: readonly QueueStatus[]): void;
  phases(): ReadonlyMap<string, QueueStatus['phase']>;
  setPaused(queue: string, paused: boolean): void;
  /** Looks at Redis every second from now on; connections of clients that call themselves so do not count. */
  look(observer: RedisObserver, exceptNamed: string): void;
  /** Leaves Redis alone. */
  lookAway(): void;
  /** Shows connections measured by other means. */
  connections(count: number): void;
  /** Those shown are what the app had before; what comes now is to be compared with them. */
  connectionsWereBefore(): void;
  end(): void;
}

export function startDemoState(reporter: Reporter, nowMs: () => number): DemoState {
  const startedAtMs = nowMs();
  const ledger = createLedger();
  const faults: string[] = [];
  const paused = new Set<string>();
  let statuses: readonly QueueStatus[] = [];
  let step = '';
  let waitingUntilMs: number | null = null;
  let connections: number | null = null;
  let connectionsBefore: number | null = null;
  let pace: { atMs: number; billed: number }[] = [];
  let looking: NodeJS.Timeout | undefined;

  const view = (): View => ({
    elapsedMs: nowMs() - startedAtMs,
    step,
    secondsLeft: waitingUntilMs === null ? null : Math.max(0, Math.ceil((waitingUntilMs - nowMs()) / 1000)),
    queues: queueViews(),
    connections,
    connectionsBefore,
    billedPerMinute: paceOf(pace),
  });
  const queueViews = (): QueueView[] => {
    const { queues } = ledger.interim();
    const phases = new Map(statuses.map(({ queue, phase }) => [queue, phase]));
    return traffic.map(({ name }) => {
      const figures = queues.get(name);
      return {
        name,
        track: TRACKS[phases.get(name) ?? 'legacy'],
        paused: paused.has(name),
        backlog: figures?.pending ?? 0,
        done: figures?.completed ?? 0,
        failed: figures?.failed ?? 0,
      };
    });
  };
  const showing = setInterval(() => reporter.show(view()), SHOW_EVERY_MS);

  return {
    ledger,
    faults,
    fault: (text) => void faults.push(text),
    step(text) {
      step = text;
      reporter.show(view());
      reporter.note(text);
    },
    waiting: (untilMs) => void (waitingUntilMs = untilMs),
    status: (queues) => void (statuses = queues),
    phases: () => new Map(statuses.map(({ queue, phase }) => [queue, phase])),
    setPaused: (queue, isPaused) => void (isPaused ? paused.add(queue) : paused.delete(queue)),
    look(observer, exceptNamed) {
      clearInterval(looking);
      pace = [];
      looking = setInterval(() => {
        void Promise.all([observer.connections({ exceptNamed }), observer.billed()]).then(
          ([count, billed]) => {
            connections = count;
            const atMs = nowMs();
            pace = [...pace.filter((sample) => atMs - sample.atMs <= PACE_WINDOW_MS), { atMs, billed }];
          },
          // Redis went away with the demo.
          () => undefined,
        );
      }, LOOK_EVERY_MS);
    },
    lookAway() {
      clearInterval(looking);
      pace = [];
    },
    connections: (count) => void (connections = count),
    connectionsWereBefore() {
      connectionsBefore = connections;
      connections = null;
    },
    end() {
      clearInterval(showing);
      clearInterval(looking);
    },
  };
}

function paceOf(samples: readonly { atMs: number; billed: number }[]): number | null {
  const [first, last] = [samples.at(0), samples.at(-1)];
  if (!first || !last || last.atMs === first.atMs) return null;
  return ((last.billed - first.billed) / (last.atMs - first.atMs)) * 60_000;
}
