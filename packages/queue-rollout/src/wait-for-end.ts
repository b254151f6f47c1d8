import {
  EngineUnavailableError,
  JobNotFoundError,
  resolveWait,
  WaitTimeoutError,
  type EngineQueue,
  type JobEvents,
} from '@switchyard/queue-contract';
import { hasEnded } from './find-holder.js';

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

/**
 * What the first place answers that holds the job. An end that a place kept may be that of an earlier job of the same
 * id: it counts when no other place has one that goes on. Where that is not known yet, it takes one look there.
 *
 * @throws JobNotFoundError when each says that it does not hold it
 */
async function firstToKnow(places: readonly EngineQueue[], id: string, timeoutMs: number): Promise<unknown> {
  const errors: unknown[] = [];
  const waiting = new Set(places);
  /** Answers what is known of an end until it is known whether it counts. */
  let unconfirmed: (() => void) | undefined;
  /** The same, of one that does not as long as the other job is there. */
  let superseded: (() => void) | undefined;
  return new Promise((resolve, reject) => {
    const knowEnd = async (answer: () => void): Promise<void> => {
      if (waiting.size === 0 || superseded) return answer();
      unconfirmed ??= answer;
      const others = await Promise.allSettled([...waiting].map(({ inspector }) => inspector.job(id)));
      const goesOn = others.some((job) => job.status === 'fulfilled' && job.value && !hasEnded(job.value));
      if (!goesOn || waiting.size === 0) return answer();
      unconfirmed = undefined;
      superseded = answer;
    };

    for (const place of places) {
      place.events.waitForEnd(id, { timeoutMs }).then(
        (result) => {
          waiting.delete(place);
          void knowEnd(() => resolve(result));
        },
        (error: unknown) => {
          waiting.delete(place);
          const isUnavailable = error instanceof EngineUnavailableError;
          const isEnd =
            !isUnavailable && !(error instanceof JobNotFoundError || error instanceof WaitTimeoutError);
          if (isEnd) return void knowEnd(() => reject(error as Error));
          errors.push(error);
          // It knows of no job that goes on.
          if (unconfirmed) return unconfirmed();
          if (error instanceof WaitTimeoutError) return reject(error);
          if (waiting.size > 0) return; // another place may hold it, also while one is away
          const unavailable = errors.find((each) => each instanceof EngineUnavailableError);
          if (superseded && !unavailable) return superseded();
          reject((unavailable ?? error) as Error);
        },
      );
    }
  });
}
