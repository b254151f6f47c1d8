import { EngineUnavailableError } from '@switchyard/queue-contract';
import type { Connection } from './connection.js';
import { isConnectionFault } from './connection-fault.js';
import { refusalOf } from './store-refusal.js';

const PAUSE_BETWEEN_TRIES_MS = 50;

/** How calls behave while the connection is away: they wait for it, but not for ever. */
export interface Patience {
  /**
   * Runs work once the connection is up. With `again`, work that the loss of the connection interrupts is done once
   * more: for work that may be done twice.
   *
   * @throws EngineUnavailableError when the limit passes first; the work may or may not have been done; and at once
   *   when Redis refuses the work: for want of rights, memory or disk
   */
  run<T>(work: () => Promise<T>, options?: { readonly again?: boolean }): Promise<T>;
  /** Resolves when the connection is up, however long it takes. */
  connected(): Promise<void>;
}

export function createPatience(engine: string, connection: Connection, limitMs: number): Patience {
  let changing: Promise<void> | undefined;

  /** Shared, since every waiting call of its own would add listeners to the connection. */
  const readyOrClosed = (): Promise<void> => {
    if (connection.status === 'wait') connection.connect().catch(() => undefined);
    changing ??= new Promise<void>((resolve) => {
      const onChange = () => {
        connection.off('ready', onChange).off('end', onChange);
        changing = undefined;
        resolve();
      };
      connection.on('ready', onChange).on('end', onChange);
    });
    return changing;
  };

  const unavailable = (problem: string, options?: ErrorOptions) =>
    new EngineUnavailableError(engine, problem, options);

  return {
    async connected() {
      while (connection.status !== 'ready') await readyOrClosed();
    },
    async run(work, { again = false } = {}) {
      const deadline = performance.now() + limitMs;
      for (;;) {
        while (connection.status !== 'ready') {
          if (connection.status === 'end') throw unavailable('the connection it was lent was closed');
          await within(readyOrClosed(), deadline, () => unavailable(`no connection within ${limitMs} ms`));
        }
        try {
          return await within(work(), deadline, () => unavailable(`no answer within ${limitMs} ms`));
        } catch (error) {
          const refusal = refusalOf(error);
          if (refusal !== undefined) throw unavailable(refusal, { cause: error });
          if (!isConnectionFault(error)) throw error;
          if (!again || performance.now() >= deadline) {
            throw unavailable('the connection was lost', { cause: error });
          }
          await new Promise((resolve) => setTimeout(resolve, PAUSE_BETWEEN_TRIES_MS));
        }
      }
    },
  };
}

async function within<T>(work: Promise<T>, deadline: number, problem: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    // Where this process was busy for long, the answer may lie in wait: it is read before the immediates run.
    const expire = () => setImmediate(() => reject(problem()));
    timer = setTimeout(expire, Math.max(0, deadline - performance.now()));
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
