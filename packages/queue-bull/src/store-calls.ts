import { ClosedError, EngineUnavailableError } from '@switchyard/queue-contract';
import type { ConnectionWatch } from './connection-watch.js';
import { asQueueError } from './store-errors.js';

/**
 * Makes a call to the store on behalf of a caller of the port.
 *
 * @throws ClosedError once the engine is closed
 * @throws EngineUnavailableError when there is no connection, or no answer, within the limit
 */
export type CallStore = <T>(call: () => Promise<T>) => Promise<T>;

export function createCallStore(
  engine: string,
  watch: ConnectionWatch,
  limitMs: number,
  isClosed: () => boolean,
): CallStore {
  return async (call) => {
    if (isClosed()) throw new ClosedError(`engine "${engine}"`);
    const deadlineMs = performance.now() + limitMs;
    await watch.whenReady(limitMs);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const problem = `no answer from Redis within ${limitMs} ms`;
      timer = setTimeout(
        () => reject(new EngineUnavailableError(engine, problem)),
        deadlineMs - performance.now(),
      );
    });
    try {
      const answer = call();
      // When it comes too late nobody waits for it any more.
      answer.catch(() => {});
      return await Promise.race([answer, late]);
    } catch (error) {
      throw asQueueError(engine, error);
    } finally {
      clearTimeout(timer);
    }
  };
}
