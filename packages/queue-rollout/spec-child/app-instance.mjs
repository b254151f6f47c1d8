// One process of an app between two engines, to be killed. It is told what to do on its standard input, a JSON line each
// (`share`, `add`, `schedule`), and writes a line for what it has done: standard output is a pipe, so that what was
// written before the kill arrives.
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { contacts, startInstance } from '../src/spec-support/instance.ts';

const [url, percent] = process.argv.slice(2);
const tell = (line) => process.stdout.write(`${JSON.stringify({ ...line, atMs: Date.now() })}\n`);
const { rollout, share } = startInstance(url, Number(percent), { lockMs: 1500, idleCheckMs: 300 });
const { producer, schedules, consumer } = rollout.queue(contacts);
const data = { n: 0 };

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
  share: async (order) => share(order.percent),
  async add({ ids }) {
    for (const id of ids) {
      await untilItWorks(() => producer.add('sync', data, { id }));
      tell({ did: 'add', id });
    }
  },
  schedule: ({ id, everyMs }) =>
    untilItWorks(() => schedules.upsert({ id, rule: { everyMs }, name: 'sync', data })),
};

await rollout.start();
tell({ did: 'begin' });
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  void orders[order.do](order);
}
