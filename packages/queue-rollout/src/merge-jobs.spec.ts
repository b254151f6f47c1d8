import type { Job, JobState } from '@switchyard/queue-contract';
import { mergeJobs } from './merge-jobs.js';

const job = (id: string, state: JobState, times: Partial<Job>): Job => ({
  id,
  name: 'sync',
  queue: 'q',
  data: null,
  state,
  engine: 'e',
  priority: null,
  delayMs: 0,
  attempts: 1,
  attemptsMade: 0,
  createdAtMs: 0,
  processedAtMs: null,
  finishedAtMs: null,
  scheduleId: null,
  progress: null,
  result: null,
  failedReason: null,
  stackTraces: [],
  ...times,
});
const ids = (jobs: readonly Job[]) => jobs.map(({ id }) => id).join(' ');

test('waiting jobs merge by priority, then by age', () => {
  const waiting = (id: string, createdAtMs: number, priority: number | null = null) =>
    job(id, 'waiting', { createdAtMs, priority });
  const first = [waiting('a1', 5, 1), waiting('a2', 1), waiting('a3', 4)];
  const second = [waiting('b1', 9, 1), waiting('b2', 2, 2), waiting('b3', 3), waiting('b4', 9)];
  expect(ids(mergeJobs('waiting', first, second))).toBe('a1 b1 b2 a2 b3 a3 b4');
});

test.each([
  ['completed', 'finishedAtMs'],
  ['failed', 'finishedAtMs'],
  ['active', 'processedAtMs'],
  ['delayed', 'delayMs'],
] as const)('%s jobs merge newest first', (state, field) => {
  const at = (id: string, time: number) => job(id, state, { [field]: time });
  const merged = mergeJobs(state, [at('a', 9), at('c', 5)], [at('b', 7), at('d', 5), at('e', 1)]);
  expect(ids(merged)).toBe('a b c d e');
});

test('jobs of one engine keep their order, whatever their times say', () => {
  const waiting = (id: string, createdAtMs: number) => job(id, 'waiting', { createdAtMs });
  const lifo = [waiting('a1', 9), waiting('a2', 1)];
  expect(ids(mergeJobs('waiting', lifo, [waiting('b1', 5)]))).toBe('b1 a1 a2');
  expect(ids(mergeJobs('waiting', [], lifo))).toBe('a1 a2');
  expect(ids(mergeJobs('waiting', lifo, []))).toBe('a1 a2');
});
