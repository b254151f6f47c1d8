import { UnrecoverableJobError, type RunningJob } from '@switchyard/queue-contract';
import { defineQueue, type StandardSchema } from '@switchyard/queue-contract';
import { startSandbox } from './index.js';
import { childFile, thrownBy } from '../spec-support/run-in-sandbox.js';

const anything: StandardSchema<unknown> = {
  '~standard': { version: 1, vendor: 'spec', validate: (value) => ({ value }) },
};
const definition = defineQueue({
  name: 'spec',
  tier: 'medium',
  jobs: { promised: anything, calledBack: anything, discards: anything, updates: anything },
});
type Jobs = (typeof definition)['jobs'];

let sandbox: Awaited<ReturnType<typeof startSandbox<Jobs>>>;
const heard: unknown[] = [];
beforeAll(async () => {
  sandbox = await startSandbox(definition, childFile('bull-handlers.mjs'));
});
afterAll(() => sandbox.close());

async function run<N extends keyof Jobs & string>(name: N, data: unknown): Promise<unknown> {
  const job: RunningJob<N> = {
    id: '7',
    name,
    queue: 'spec',
    engine: 'none',
    data,
    attempt: 2,
    attempts: 3,
    createdAtMs: 5,
    scheduleId: null,
    signal: new AbortController().signal,
    updateProgress: async (progress) => void heard.push(progress),
    log: async (line) => void heard.push(line),
    updateData: async (changed) => void heard.push({ updated: changed }),
  };
  return sandbox.handlers[name](job);
}

test("[20] a processor file of Bull runs as it is: the job's fields, progress both ways, log", async () => {
  expect(await run('promised', { n: 1 })).toEqual(['7', 'promised', 1, 5, 40]);
  expect(heard).toEqual([40, 'has 1 of 3']);
});

test('[20] a processor that calls back', async () => {
  expect(await run('calledBack', { n: 1 })).toBe(1);
  expect(await thrownBy(run('calledBack', { bad: true }))).toMatchObject({ message: 'no' });
});

test('[20] a job that is discarded is not retried', async () => {
  const error = await thrownBy(run('discards', null));
  expect(error).toBeInstanceOf(UnrecoverableJobError);
  expect(error).toMatchObject({ message: 'never again', cause: expect.any(RangeError) });
});

test('[20] [22] a job whose data is changed has the new data, here and where it is kept', async () => {
  expect(await run('updates', { n: 1 })).toEqual({ n: 2 });
  expect(heard.at(-1)).toEqual({ updated: { n: 2 } });
});
