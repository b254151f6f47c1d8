import {
  EngineUnavailableError,
  JobNotFoundError,
  resolveWait,
  WaitTimeoutError,
  type EngineQueue,
  type JobEvents,
} from '@switchyard/queue-contract';

/**
 * Waits for a job on every engine that may hold it, at once: to look first where it is would take as long as a quick
 * job that leaves nothing behind.
 *
 * @param inTurns the places that are likely to hold it, then the others
 */
export function createWaitForEnd(
  queue: string,
  inTurns: () => readonly (readonly EngineQueue[])[],
): JobEvents['waitForEnd'] {
  return async (job, options) => {
    const { id, timeoutMs } = resolveWait(queue, job, options);
    const deadlineMs = performance.now() + timeoutMs;
    let outcome: unknown = new JobNotFoundError(queue, id);
    for (const places of inTurns()) {
      const leftMs = Math.max(1, deadlineMs - performance.now());
      try {
        return (await firstToKnow(places, id, leftMs)) as Awaited<ReturnType<JobEvents['waitForEnd']>>;
      } catch (error) {
        if (error instanceof WaitTimeoutError) throw new WaitTimeoutError(queue, id, timeoutMs);
        if (!(error instanceof JobNotFoundError)) throw error;
        outcome = error;
      }
    }
    throw outcome;
  };
}

/** What the first place answers that holds the job. @throws JobNotFoundError when each says that it does not */
async function firstToKnow(places: readonly EngineQueue[], id: string, timeoutMs: number): Promise<unknown> {
  const errors: unknown[] = [];
  return new Promise((resolve, reject) => {
    for (const { events } of places) {
      events.waitForEnd(id, { timeoutMs }).then(resolve, (error: unknown) => {
        errors.push(error);
        // Another place may hold it, also while one is away.
        const mayBeElsewhere = error instanceof JobNotFoundError || error instanceof EngineUnavailableError;
        if (!mayBeElsewhere) reject(error);
        else if (errors.length === places.length) {
          reject(errors.find((each) => each instanceof EngineUnavailableError) ?? error);
        }
      });
    }
  });
}
