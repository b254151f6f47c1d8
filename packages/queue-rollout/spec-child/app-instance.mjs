// One process of an app between two engines, to be killed. It is told what to do on its standard input, a JSON line each
// (`share`, `add`, `schedule`), and writes a line for what it has done: standard output is a pipe, so that what was
// written before the kill arrives.
import { createBullMqEngine } from '@switchyard/queue-bullmq';
import { defineQueue } from '@switchyard/queue-contract';
import { Redis } from 'ioredis';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFlagSource, createRollout } from '../src/index.ts';
import { createLegacyEngine } from '../src/spec-support/legacy-engine.ts';

const [url, share] = process.argv.slice(2);
const tell = (line) => process.stdout.write(`${JSON.stringify({ ...line, atMs: Date.now() })}\n`);
const connection = new Redis(url, { maxRetriesPerRequest: null });
connection.on('error', () => {}); // restarts are part of the test
const anything = { '~standard': { version: 1, vendor: 'spec', validate: (value) => ({ value }) } };
const definition = defineQueue({
  name: 'killed',
  tier: 'critical',
  jobs: { sync: anything },
  worker: { concurrency: 4 },
});
const shares = (percent) => new Map([[definition.name, Number(percent)]]);
const flags = createFlagSource(shares(share));
const rollout = createRollout({
  legacy: createLegacyEngine({ connection, lockMs: 1500 }),
  target: createBullMqEngine({ connection, lockMs: 1500 }),
  queues: [definition],
  flags,
  reportError: () => {},
  idleCheckMs: 300,
  switchingCheckMs: 50,
});
const { producer, schedules, consumer } = rollout.queue(definition);

consumer.consume({
  async sync({ id, engine, scheduleId }) {
    tell({ did: 'start', id });
    await sleep(10);
    tell({ did: 'run', id, engine, scheduleId });
  },
});

async function untilItWorks(work) {
  for (;;) {
    try {
      return await work();
    } catch {
      await sleep(50); // the server is away; ids make a second add safe
    }
  }
}

const orders = {
  share: async ({ percent }) => flags.set(shares(percent)),
  async add({ ids }) {
    for (const id of ids) {
      await untilItWorks(() => producer.add('sync', null, { id }));
      tell({ did: 'add', id });
    }
  },
  schedule: ({ id, everyMs }) =>
    untilItWorks(() => schedules.upsert({ id, rule: { everyMs }, name: 'sync', data: null })),
};

await rollout.start();
tell({ did: 'begin' });
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  void orders[order.do](order);
}
