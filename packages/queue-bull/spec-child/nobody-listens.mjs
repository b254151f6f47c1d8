// An app that listens to no error anywhere; it is told to go on line by line, and says how far it got.
import { createInterface } from 'node:readline';
import { createBullEngine } from '../src/index.ts';
import { defineQueue } from '@switchyard/queue-contract';
import { Redis } from 'ioredis';
const anything = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } };
const connection = new Redis(process.argv[2], { maxRetriesPerRequest: null });
const engine = createBullEngine({ connection, lockMs: 1000, addTimeoutMs: 60_000 });
const thrown = [
  new Error('plain'),
  'a text',
  null,
  undefined,
  Object.assign(new Error('odd'), { name: 'FatalError' }),
];
const queues = ['a', 'b', 'c'].map((name) =>
  engine.queue(
    defineQueue({
      name,
      tier: 'medium',
      jobs: { work: anything },
      backoffDelayMs: () => {
        throw new Error('backoff');
      },
    }),
  ),
);
let runs = 0;
for (const { consumer } of queues) {
  const consuming = consumer.consume(
    {
      work: () => {
        throw thrown[runs++ % thrown.length];
      },
    },
    { concurrency: 2 },
  );
  consuming.on('failed', () => {
    throw new Error('listener');
  });
}
const add = (n) =>
  Promise.all(
    queues.map(({ producer }) =>
      producer.addMany(
        Array.from({ length: n }, () => ({
          name: 'work',
          data: 1,
          options: { attempts: 2, backoff: { type: 'custom' } },
        })),
      ),
    ),
  );
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'end') break;
  const before = runs;
  await add(5);
  while (runs < before + 30) await new Promise((resolve) => setTimeout(resolve, 10));
  // What is waited for and fails is the caller's; nothing else is.
  await queues[0].events.waitForEnd('nobody', { timeoutMs: 10 }).catch(() => {});
  console.log('done ' + line);
}
await engine.close({ timeoutMs: 1000 });
connection.disconnect();
process.stdin.destroy();
