import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { JOB_CHANNEL, type JobAttempt } from '@switchyard/queue-contract';
import type { Logger } from 'pino';

/** Logs every attempt that this process makes at a job. Answers a function that ends it. */
export function logJobs(logger: Logger): () => void {
  const log = (message: unknown) => {
    const { engine, queue, jobId, name, attempt, outcome, error, durationMs } = message as JobAttempt;
    const fields = {
      operation: 'job',
      engine,
      queue,
      jobId,
      name,
      attempt,
      outcome,
      durationMs: Math.round(durationMs),
    };
    if (outcome === 'succeeded') logger.info(fields, 'job succeeded');
    // The payload never fits and the name is never known: nobody will try again.
    else if (outcome === 'refused') logger.error({ ...fields, err: error }, 'job refused');
    else logger.warn({ ...fields, err: error }, 'attempt failed');
  };
  subscribe(JOB_CHANNEL, log);
  return () => void unsubscribe(JOB_CHANNEL, log);
}
