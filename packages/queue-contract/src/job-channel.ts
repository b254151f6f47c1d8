import { channel } from 'node:diagnostics_channel';

/** Published once for every attempt, when its handler has ended. */
export interface JobAttempt {
  readonly engine: string;
  readonly queue: string;
  readonly jobId: string;
  readonly name: string;
  readonly attempt: number;
  readonly scheduleId: string | null;
  /** `refused`: the handler was never called (unknown name, payload that does not fit). */
  readonly outcome: 'succeeded' | 'threw' | 'timed-out' | 'refused';
  readonly error: Error | null;
  /** From the handler's start to its end, without the time spent waiting for a slot. */
  readonly durationMs: number;
}

/** `node:diagnostics_channel` name of {@link JobAttempt} messages. Publishers never know who listens. */
export const JOB_CHANNEL = 'switchyard:job';

const jobs = channel(JOB_CHANNEL);

export function publishAttempt(attempt: JobAttempt): void {
  if (jobs.hasSubscribers) jobs.publish(attempt);
}
