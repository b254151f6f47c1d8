import type { ReportError } from '@switchyard/queue-contract';
import { isStoreFault } from './store-errors.js';

/** The same complaint of a background task is repeated at most this often. */
const REPEAT_AFTER_MS = 60_000;

/** Passes on what background work complains of, once per outage instead of once per connection and retry. */
export interface Outages {
  /** Something went wrong on one of the engine's connections; `null`: it is well again. */
  connection(source: object, error: Error | null): void;
  /** A background task of a queue failed. */
  task(error: Error, queue: string): void;
}

export function trackOutages(engine: string, report: ReportError | undefined): Outages {
  const down = new Set<object>();
  const ofConnections = new WeakSet<Error>();
  const saidAtMs = new Map<string, number>();

  const say = (error: Error, queue?: string) => {
    try {
      report?.(error, queue === undefined ? { engine } : { engine, queue });
    } catch {
      // A reporter that throws must not stop the work that went on in spite of the error.
    }
  };

  return {
    connection(source, error) {
      if (error === null) {
        down.delete(source);
        return;
      }
      ofConnections.add(error);
      if (down.size === 0) say(error);
      down.add(source);
    },
    task(error, queue) {
      // Bull hands on what it hears from its connections.
      if (ofConnections.has(error)) return;
      // What fails besides, fails because of it: a Redis that is back may still be loading.
      if (down.size > 0 && isStoreFault(error)) return;
      const key = `${queue} ${error.message}`;
      const nowMs = performance.now();
      if (nowMs - (saidAtMs.get(key) ?? -Infinity) < REPEAT_AFTER_MS) return;
      for (const [old, atMs] of saidAtMs) if (nowMs - atMs >= REPEAT_AFTER_MS) saidAtMs.delete(old);
      saidAtMs.set(key, nowMs);
      say(error, queue);
    },
  };
}
