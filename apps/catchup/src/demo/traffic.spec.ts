import { parsePayload, UNNAMED_JOB } from '@switchyard/queue-contract';
import { appQueues } from '../queues/index.js';
import { kindOf } from './job-kinds.js';
import { traffic } from './traffic.js';

test('knows every queue of the app, in migration order', () => {
  expect(traffic.map(({ name }) => name)).toEqual(appQueues.map(({ definition }) => definition.name));
});

test.each(traffic.map((queue) => [queue.name, queue] as const))(
  'the jobs of %s fit what the app declares',
  async (name, queue) => {
    const app = appQueues.find(({ definition }) => definition.name === name);
    if (!app) throw new Error(name);
    const { definition } = app;
    expect(queue.jobNames.map((jobName) => jobName ?? UNNAMED_JOB).sort()).toEqual(
      Object.keys(definition.jobs).sort(),
    );
    expect(queue.concurrency).toBe(definition.worker?.concurrency);
    expect(queue.priorities).toBe(definition.priorities ?? false);
    for (let n = 1; n <= 100; n++) {
      for (const jobName of queue.jobNames) {
        const payload = queue.payload(n, 1_700_000_000_000, { latencyMs: 1 });
        await expect(parsePayload(definition, jobName ?? UNNAMED_JOB, payload)).resolves.toBeDefined();
      }
    }
  },
);

test('a hundred jobs in a row do everything that a Bull app does', () => {
  const kinds = Array.from({ length: 100 }, (_, n) =>
    kindOf(n, { latencyMs: 100, maxDelayMs: 5000, priorities: true }),
  );
  const some = (wanted: (kind: (typeof kinds)[number]) => boolean) => kinds.filter(wanted).length;
  expect(some(({ delayMs }) => delayMs !== undefined && delayMs > 0 && delayMs <= 5000)).toBeGreaterThan(5);
  expect(some(({ priority }) => priority !== undefined)).toBeGreaterThan(10);
  expect(some(({ meant, calls }) => meant === 'complete' && calls === 3)).toBeGreaterThan(5);
  expect(some(({ meant, calls }) => meant === 'fail' && calls === 2)).toBeGreaterThan(2);
  expect(some(({ meant, remote }) => meant === 'fail' && remote.refuses === true)).toBeGreaterThan(0);
  expect(some(({ meant }) => meant === 'fail')).toBeLessThan(12);
});

test('a queue without priorities gets none', () => {
  for (let n = 0; n < 100; n++) {
    expect(kindOf(n, { latencyMs: 1, maxDelayMs: 1, priorities: false }).priority).toBeUndefined();
  }
});
