import {
  ClosedError,
  JobFailedError,
  JobNotFoundError,
  JobRemovedError,
  WaitTimeoutError,
} from '@switchyard/queue-contract';
import { toJob } from './bull-job.js';
import type { EngineContext } from './engine-context.js';
import { findJob } from './find-job.js';
import { readEnd } from './job-end-messages.js';
import type { Hear } from './subscriber.js';

/** How soon a wait notices a removal by somebody else than this engine, or an end whose message was missed. */
const LOOK_EVERY_MS = 2000;
/** The message of a job's end may arrive a little later than the news that the job is gone. */
const MESSAGE_GRACE_MS = 200;

/** @throws JobFailedError, JobRemovedError, WaitTimeoutError, JobNotFoundError */
export async function waitForEnd(
  context: EngineContext,
  queue: string,
  id: string,
  timeoutMs: number,
): Promise<unknown> {
  const { engine, run, call, subscriber } = context;
  const keys = context.keys(queue);
  const find = () => call(() => findJob(run, keys, id));

  let resolve: (result: unknown) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const ended = new Promise<unknown>((...settle) => ([resolve, reject] = settle));
  // It may be decided before it is awaited.
  ended.catch(() => {});
  const inTime = <T>(work: Promise<T>) => Promise.race([work, ended as Promise<never>]);

  const timers: NodeJS.Timeout[] = [
    setTimeout(() => reject(new WaitTimeoutError(queue, id, timeoutMs)), timeoutMs),
  ];
  const listening: Promise<() => Promise<void>>[] = [];
  let heard = false;
  try {
    const first = await inTime(find());
    if (!first) throw new JobNotFoundError(queue, id);
    const { storedId } = first;

    const look = async () => {
      const found = await find();
      if (!found || found.storedId !== storedId) {
        timers.push(setTimeout(() => reject(new JobRemovedError(queue, id)), MESSAGE_GRACE_MS));
        return;
      }
      const job = toJob(engine, queue, storedId, found.state, found.fields);
      if (job.state === 'completed') resolve(job.result);
      if (job.state === 'failed') reject(new JobFailedError(queue, id, job.failedReason ?? ''));
    };
    const hearEnd =
      (then: (value: string | undefined) => void): Hear =>
      (message) => {
        const end = readEnd(message);
        if (end?.storedId === storedId) then(end.value);
      };
    listening.push(
      subscriber.listen(
        { channel: keys.completed },
        hearEnd((text) => resolve(text === undefined ? null : JSON.parse(text))),
      ),
      subscriber.listen(
        { channel: keys.failed },
        hearEnd((reason) => reject(new JobFailedError(queue, id, reason ?? ''))),
      ),
      subscriber.listen({ channel: keys.removed }, (removedId) => {
        if (removedId === storedId) reject(new JobRemovedError(queue, id));
      }),
    );
    await inTime(Promise.all(listening));
    heard = true;
    await inTime(look());
    const lookAgain = () =>
      void look().catch((error: unknown) => {
        if (error instanceof ClosedError) reject(error);
      });
    timers.push(setInterval(lookAgain, LOOK_EVERY_MS));
    return await ended;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    const stopping = Promise.allSettled(listening.map((stop) => stop.then((end) => end())));
    // Without a connection it takes as long as that is away.
    if (heard) await stopping;
  }
}
