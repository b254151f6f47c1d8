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
import { queueKeys } from './queue-keys.js';
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
  const keys = queueKeys(context.prefix, queue);
  const find = () => call(() => findJob(run, keys, id));

  const deadlineMs = performance.now() + timeoutMs;
  const first = await find();
  if (!first) throw new JobNotFoundError(queue, id);
  const { storedId } = first;

  let resolve: (result: unknown) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const ended = new Promise<unknown>((...settle) => ([resolve, reject] = settle));
  // It may be decided before it is awaited.
  ended.catch(() => {});

  const timers = new Set<NodeJS.Timeout>();
  const look = async () => {
    const found = await find();
    if (!found || found.storedId !== storedId) {
      timers.add(setTimeout(() => reject(new JobRemovedError(queue, id)), MESSAGE_GRACE_MS));
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

  const stops = await Promise.allSettled([
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
  ]);
  const late = () => reject(new WaitTimeoutError(queue, id, timeoutMs));
  timers.add(setTimeout(late, Math.max(0, deadlineMs - performance.now())));
  const lookAgain = () =>
    void look().catch((error: unknown) => {
      if (error instanceof ClosedError) reject(error);
    });
  const looking = setInterval(lookAgain, LOOK_EVERY_MS);
  try {
    for (const stop of stops) if (stop.status === 'rejected') throw stop.reason;
    await look();
    return await ended;
  } finally {
    clearInterval(looking);
    for (const timer of timers) clearTimeout(timer);
    for (const stop of stops) if (stop.status === 'fulfilled') await stop.value();
  }
}
