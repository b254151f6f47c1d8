import { EngineUnavailableError } from '@switchyard/queue-contract';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { hideSecrets } from './hide-secrets.js';
import { isUnrecoverableConnectionError, unavailable } from './store-errors.js';

/** One set of listeners on the lent connection, however many wait for it. */
export interface ConnectionWatch {
  /** Calls back the next time that the connection becomes ready, or when it ends for good. */
  onNextReady(callback: () => void): void;
  /**
   * Resolves when the connection is ready.
   *
   * @param failFast whether the first failed attempt to connect is an answer, too
   * @throws EngineUnavailableError after `limitMs`, or at once when the connection was closed
   */
  whenReady(limitMs: number, failFast?: boolean): Promise<void>;
  /** Resolves when a connection that broke just now counts as broken, which takes it a moment. */
  settled(): Promise<void>;
  /** Takes its listeners off the connection. */
  release(): void;
}

/** Turns of the event loop between a write that failed and the connection's `close` event, with a margin. */
const SETTLE_TURNS = 10;

interface Waiter {
  readonly ended: (error: Error | undefined) => void;
  readonly failed?: (error: Error) => void;
}

/** @param report hears the connection's errors and, with `null`, that it is well again */
export function watchConnection(
  engine: string,
  connection: Redis,
  report: (error: Error | null) => void,
): ConnectionWatch {
  const waiters = new Set<Waiter>();
  let lastError: Error | undefined;

  const settle = (error?: Error) => {
    const settled = [...waiters];
    waiters.clear();
    for (const { ended } of settled) ended(error);
  };
  const ready = () => {
    lastError = undefined;
    report(null);
    settle();
  };
  const failed = (error: Error) => {
    lastError = hideSecrets(error);
    report(error);
    for (const waiter of [...waiters]) waiter.failed?.(error);
  };
  const end = () => settle(closed());
  const closed = () =>
    new EngineUnavailableError(engine, 'the connection that was lent to it is closed', { cause: lastError });

  connection.on('ready', ready).on('error', failed).on('end', end);

  return {
    onNextReady(callback) {
      if (connection.status === 'end') callback();
      else waiters.add({ ended: callback });
    },
    async whenReady(limitMs, failFast = false) {
      if (connection.status === 'ready') return;
      if (connection.status === 'end') throw closed();
      // A lazy connection connects with its first command; waiting for it must count as that.
      if (connection.status === 'wait') connection.connect().catch(() => {});
      await new Promise<void>((resolve, reject) => {
        const stop = (error: Error | undefined) => {
          clearTimeout(timer);
          waiters.delete(waiter);
          if (error) reject(error);
          else resolve();
        };
        const waiter: Waiter = {
          ended: stop,
          failed: (error) => {
            if (failFast || isUnrecoverableConnectionError(error)) stop(unavailable(engine, error));
          },
        };
        const timer = setTimeout(() => {
          const problem = `no connection to Redis within ${limitMs} ms`;
          stop(
            lastError ? unavailable(engine, lastError, problem) : new EngineUnavailableError(engine, problem),
          );
        }, limitMs);
        waiters.add(waiter);
      });
    },
    async settled() {
      for (let turn = 0; turn < SETTLE_TURNS && connection.status === 'ready'; turn++) await nextTurn();
    },
    release() {
      connection.off('ready', ready).off('error', failed).off('end', end);
      settle(closed());
    },
  };
}
