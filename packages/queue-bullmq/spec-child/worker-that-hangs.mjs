// A worker whose handler never ends; it says "started <job id>" and waits to be killed.
import { createBullMqEngine } from '../src/index.ts';
import { defineQueue } from '@switchyard/queue-contract';
import { Redis } from 'ioredis';

const [url, name, lockMs] = process.argv.slice(2);
const connection = new Redis(url, { maxRetriesPerRequest: null });
const anything = { '~standard': { version: 1, vendor: 'spec', validate: (value) => ({ value }) } };
const queue = createBullMqEngine({ connection, lockMs: Number(lockMs) }).queue(
  defineQueue({ name, tier: 'medium', jobs: { work: anything } }),
);
queue.consumer.consume({
  work: async ({ id }) => {
    process.stdout.write(`started ${id}\n`);
    await new Promise(() => {});
  },
});
