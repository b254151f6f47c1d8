// A worker as another instance of the app would run it: prints the id of each job that it starts, and ends none.
import { createBullEngine } from '../src/index.ts';
import { defineQueue } from '@switchyard/queue-contract';
import { Redis } from 'ioredis';
const [url, name, lockMs] = process.argv.slice(2);
const anything = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } };
const engine = createBullEngine({
  connection: new Redis(url, { maxRetriesPerRequest: null }),
  lockMs: Number(lockMs),
});
const queue = engine.queue(defineQueue({ name, tier: 'medium', jobs: { work: anything } }));
queue.consumer.consume({ work: ({ id }) => new Promise(() => console.log(id)) });
