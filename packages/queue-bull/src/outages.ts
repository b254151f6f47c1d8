import type { ReportError } from '@switchyard/queue-contract';
import { isAway, isLostLock, isStoreFault } from './store-errors.js';

/** The same complaint of a background task is repeated at most this often. */
const REPEAT_AFTER_MS = 60_000;
/**
 * For how long after an outage tasks fail because of it: a server on its way back answers that it is still loading, and
 * finds locks expired or ends already recorded.
 */
const AFTERMATH_MS = 5000;

/** Passes on what background work complains of, once per outage instead of once per connection and retry. */
export interface Outages {
  /** Something went wrong on one of the engine's connections; `null`: it is well again. */
  connection(source: object, error: Error | null): void;
  /** A background task of a queue failed. */
  task(error: Error, queue: string): void;
}

/** @param clock ms that never go back; only tests change it */
export function trackOutages(
  engine: string,
  report: ReportError | undefined,
  clock: () => number = () => performance.now(),
): Outages {
  const down = new Set<object>();
  const wereWell = new WeakSet<object>();
  const ofConnections = new WeakSet<Error>();
  const saidAtMs = new Map<string, number>();
  /** When something last belonged to an outage. */
  let faultAtMs = -Infinity;
  const isAftermath = () => down.size > 0 || clock() - faultAtMs < AFTERMATH_MS;

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
        // It may have been lost without a word: a server that leaves in peace only closes. The first time it is new.
        if (down.delete(source) || wereWell.has(source)) faultAtMs = clock();
        wereWell.add(source);
        return;
      }
      ofConnections.add(error);
      if (down.size === 0) say(error);
      down.add(source);
      faultAtMs = clock();
    },
    task(error, queue) {
      // Bull hands on what it hears from its connections.
      if (ofConnections.has(error)) return;
      // What fails besides, fails because of it.
      if (down.size > 0 && isStoreFault(error)) return;
      const known = isAftermath() && (isAway(error) || isLostLock(error));
      if (known || isAway(error)) faultAtMs = clock();
      if (known) return;
      const key = `${queue} ${error.message}`;
      const nowMs = clock();
      if (nowMs - (saidAtMs.get(key) ?? -Infinity) < REPEAT_AFTER_MS) return;
      for (const [old, atMs] of saidAtMs) if (nowMs - atMs >= REPEAT_AFTER_MS) saidAtMs.delete(old);
      saidAtMs.set(key, nowMs);
      say(error, queue);
    },
  };
}
