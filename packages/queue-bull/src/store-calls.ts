import { ClosedError, EngineUnavailableError } from '@switchyard/queue-contract';
import type { ConnectionWatch } from './connection-watch.js';
import { asQueueError, isConnectionError } from './store-errors.js';

/**
 * Makes a call to the store on behalf of a caller of the port.
 *
 * @param repeatable whether it may be made again when the connection broke before its answer came
 * @throws ClosedError once the engine is closed
 * @throws EngineUnavailableError when there is no connection, or no answer, within the limit
 */
export type CallStore = <T>(call: () => Promise<T>, repeatable?: 'repeatable') => Promise<T>;

export function createCallStore(
  engine: string,
  watch: ConnectionWatch,
  limitMs: number,
  isClosed: () => boolean,
): CallStore {
  async function untilDeadline<T>(call: () => Promise<T>, deadlineMs: number): Promise<T> {
    await watch.whenReady(Math.max(0, deadlineMs - performance.now()));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const problem = `no answer from Redis within ${limitMs} ms`;
      const giveUp = () => reject(new EngineUnavailableError(engine, problem));
      timer = setTimeout(giveUp, Math.max(0, deadlineMs - performance.now()));
    });
    try {
      const answer = call();
      // When it comes too late nobody waits for it any more.
      answer.catch(() => {});
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  return async (call, repeatable) => {
    if (isClosed()) throw new ClosedError(`engine "${engine}"`);
    const deadlineMs = performance.now() + limitMs;
    for (;;) {
      try {
        return await untilDeadline(call, deadlineMs);
      } catch (error) {
        if (!repeatable || !isConnectionError(error)) throw asQueueError(engine, error);
      }
      await watch.settled();
    }
  };
}
