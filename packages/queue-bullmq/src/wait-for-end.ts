import {
  ClosedError,
  JobFailedError,
  JobNotFoundError,
  JobRemovedError,
  WaitTimeoutError,
} from '@switchyard/queue-contract';
import { asError } from './as-error.js';
import type { BullMqQueue } from './bullmq-queue.js';
import type { EventHub } from './event-hub.js';
import { resolveStoredId } from './inspector.js';

/** How soon a wait notices an end that its listeners missed. */
const LOOK_EVERY_MS = 5000;

type End = { readonly result: unknown } | { readonly error: Error };

/**
 * BullMQ's own `waitUntilFinished` hangs when the job is removed. This one looks, listens, and looks again: what
 * happens between the looks is in the stream from the position that was noted before the first.
 */
export function createWaitForEnd(
  bullMqQueue: BullMqQueue,
  hub: EventHub,
): (id: string, timeoutMs: number) => Promise<unknown> {
  const { name, key, context } = bullMqQueue;
  const redis = context.connection;

  const failed = (id: string, reason: string): End => ({ error: new JobFailedError(name, id, reason) });
  const completed = (result: unknown): End => ({ result: result ?? null });

  /** The job's end, `null` while it goes on, `gone` when there is no such job. */
  const look = (id: string, stored: string): Promise<End | 'gone' | null> =>
    bullMqQueue.use(
      async (queue) => {
        const job = await queue.getJob(stored);
        if (!job) return 'gone';
        if (job.finishedOn === undefined) return null;
        const state = await queue.getJobState(stored);
        if (state === 'failed') return failed(id, job.failedReason ?? '');
        return state === 'completed' ? completed(job.returnvalue) : null;
      },
      { again: true },
    );

  /** How a job that is gone ended, if the stream tells. */
  const lastWords = async (id: string, stored: string, from: string): Promise<End | null> => {
    const entries = await bullMqQueue.use(() => redis.xrange(key('events'), `(${from}`, '+'), {
      again: true,
    });
    for (const [, fields] of entries) {
      const event = new Map<string, string>();
      for (let at = 0; at + 1 < fields.length; at += 2) event.set(String(fields[at]), String(fields[at + 1]));
      if (event.get('jobId') !== stored) continue;
      if (event.get('event') === 'completed')
        return completed(JSON.parse(event.get('returnvalue') ?? 'null'));
      if (event.get('event') === 'failed') return failed(id, event.get('failedReason') ?? '');
      if (event.get('event') === 'removed') return { error: new JobRemovedError(name, id) };
    }
    return null;
  };

  return async (id, timeoutMs) => {
    let settle: (end: End) => void = () => undefined;
    const ended = new Promise<End>((resolve) => {
      settle = resolve;
    });
    const endings: (() => unknown)[] = [
      context.onClose(() => settle({ error: new ClosedError(`engine "${context.engine}"`) })),
    ];

    const watch = async () => {
      const stored = await bullMqQueue.use(() => resolveStoredId(bullMqQueue, id), { again: true });
      const from = await hub.position();
      const first = await look(id, stored);
      if (first === 'gone') {
        return settle((await lastWords(id, stored, from)) ?? { error: new JobNotFoundError(name, id) });
      }
      if (first) return settle(first);

      const orReport = (work: Promise<void>) =>
        void work.catch((error: unknown) => bullMqQueue.report(error));
      const onRemoved = async () =>
        settle((await lastWords(id, stored, from)) ?? { error: new JobRemovedError(name, id) });
      const lookAgain = async () => {
        const now = await look(id, stored);
        if (now === 'gone') await onRemoved();
        else if (now) settle(now);
      };
      const isOurs = ({ jobId }: { readonly jobId: string }) => jobId === stored;
      endings.push(
        await hub.subscribe(
          'completed',
          (event) => isOurs(event) && settle(completed(event.returnvalue)),
          from,
        ),
        await hub.subscribe(
          'failed',
          (event) => isOurs(event) && settle(failed(id, event.failedReason)),
          from,
        ),
        await hub.subscribe('removed', (event) => isOurs(event) && orReport(onRemoved()), from),
        await hub.subscribe('cleaned', () => orReport(lookAgain()), from),
      );
      await lookAgain();
      const looking = setInterval(() => {
        // Until the limit there is another look; only what is closed stays closed.
        lookAgain().catch((error: unknown) => error instanceof ClosedError && settle({ error }));
      }, LOOK_EVERY_MS);
      endings.push(() => clearInterval(looking));
    };

    const timer = setTimeout(() => settle({ error: new WaitTimeoutError(name, id, timeoutMs) }), timeoutMs);
    const watching = watch().catch((error: unknown) => settle({ error: asError(error) }));
    const end = await ended;
    clearTimeout(timer);
    const stopped = watching.then(async () => {
      for (const ending of endings) await ending();
    });
    // A limit is a limit: what still waits for the store is cleaned up behind the caller's back.
    if ('error' in end && end.error instanceof WaitTimeoutError) stopped.catch(bullMqQueue.report);
    else await stopped;
    if ('error' in end) throw end.error;
    return end.result;
  };
}
