// An app that listens to no error of its engine, and to none of its consumers. Says "ready", then "ran <data>" for each
// job, and ends by itself when it has run a job called "end".
import { createBullMqEngine } from '../src/index.ts';
import { defineQueue } from '@switchyard/queue-contract';
import { Redis } from 'ioredis';

const [url] = process.argv.slice(2);
const connection = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
connection.on('error', () => {});
const anything = { '~standard': { version: 1, vendor: 'spec', validate: (value) => ({ value }) } };
const engine = createBullMqEngine({ connection, addTimeoutMs: 300 });
const say = (text) => process.stdout.write(`${text}\n`);

let end;
const ended = new Promise((resolve) => (end = resolve));
for (const name of ['one', 'two']) {
  const queue = engine.queue(defineQueue({ name, tier: 'medium', jobs: { work: anything } }));
  const consumer = queue.consumer.consume({
    work: ({ data }) => {
      say(`ran ${data}`);
      if (data === 'end') end();
      if (data === 'bad') throw new Error('of a handler');
    },
  });
  consumer.on('completed', () => {
    throw new Error('of a listener');
  });
  await queue.events.on('completed', () => {
    throw new Error('of a queue-wide listener');
  });
  await consumer.ready();
}
say('ready');
await ended;
await engine.close();
connection.disconnect();
