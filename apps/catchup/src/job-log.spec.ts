import { channel } from 'node:diagnostics_channel';
import { JOB_CHANNEL, type JobAttempt } from '@switchyard/queue-contract';
import { pino } from 'pino';
import { logJobs } from './job-log.js';

const attempt: JobAttempt = {
  engine: 'bull',
  queue: 'calendar-sync',
  jobId: '7',
  name: 'full',
  attempt: 2,
  scheduleId: null,
  outcome: 'succeeded',
  error: null,
  durationMs: 12.34,
};

function logged(...attempts: JobAttempt[]): Record<string, unknown>[] {
  const lines: string[] = [];
  const stop = logJobs(pino({}, { write: (line: string) => void lines.push(line) }));
  for (const one of attempts) channel(JOB_CHANNEL).publish(one);
  stop();
  channel(JOB_CHANNEL).publish(attempt);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('an attempt is one line with queue, job and duration, until it is ended', () => {
  expect(logged(attempt)).toEqual([
    expect.objectContaining({
      level: 30,
      operation: 'job',
      engine: 'bull',
      queue: 'calendar-sync',
      jobId: '7',
      attempt: 2,
      outcome: 'succeeded',
      durationMs: 12,
    }),
  ]);
});

test('what may be tried again is a warning, what nobody will try again an error', () => {
  const error = new Error('no');
  const levels = logged(
    { ...attempt, outcome: 'threw', error },
    { ...attempt, outcome: 'timed-out', error },
    { ...attempt, outcome: 'refused', error },
  ).map(({ level, err }) => [level, (err as Error).message]);
  expect(levels).toEqual([
    [40, 'no'],
    [40, 'no'],
    [50, 'no'],
  ]);
});
