import type { Consumer } from '@switchyard/queue-contract';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerWith, tell } from '../answering.js';
import type { AppNote, AppOperations, AppOptions, Run } from './app-operations.js';
import { createLoad, type Load } from './load.js';
import { openPortApp, type PortApp } from './open-port-app.js';
import { sampleProcess } from './process-sample.js';

// The program of an app's own process. It keeps no account itself, which would grow: it tells the benchmark.

const TELL_EVERY_MS = 50;

let app: PortApp | undefined;
let load: Load | undefined;
let consumers: Consumer[] = [];
let added: string[] = [];
let refused: string[] = [];
let runs: Run[] = [];

const note = (what: AppNote) => tell(what);

function tellAccount(): void {
  if (added.length + refused.length + runs.length === 0) return;
  note({ type: 'account', added, refused, runs });
  [added, refused, runs] = [[], [], []];
}

function opened(): { app: PortApp; load: Load } {
  if (!app || !load) throw new Error('not open');
  return { app, load };
}

async function open(options: AppOptions): Promise<void> {
  const made = await openPortApp(options, (error, { engine }) =>
    note({ type: 'report', engine, message: error.message, atMs: Date.now() }),
  );
  app = made;
  load = createLoad(made.queues, options.idPrefix, {
    added: (ids) => added.push(...ids),
    refused: (ids) => refused.push(...ids),
  });
  consumers = made.queues.map((queue, index) =>
    queue.consumer.consume(
      {
        async work({ id, data, attempt }) {
          const startedAtMs = Date.now();
          if (options.handlerMs > 0) await sleep(options.handlerMs);
          if (data.failsFirst && attempt === 1) throw new Error('fails the first time');
          runs.push({ id, queue: index, startedAtMs, endedAtMs: Date.now() });
        },
      },
      { concurrency: options.concurrency },
    ),
  );
  await made.start();
  await Promise.all(consumers.map((consumer) => consumer.ready()));
  if (options.listensToEvents) {
    await Promise.all(made.queues.map((queue) => queue.events.on('completed', () => undefined)));
  }
  setInterval(tellAccount, TELL_EVERY_MS);
}

answerWith<AppOperations>({
  open,
  async startLoad({ everyMs }) {
    opened().load.start(everyMs);
  },
  async stopLoad() {
    await opened().load.stop();
    tellAccount();
  },
  async burst({ jobsPerQueue }) {
    await opened().load.burst(jobsPerQueue);
    tellAccount();
  },
  async sample() {
    const running = consumers.reduce((sum, consumer) => sum + consumer.running, 0);
    return sampleProcess(opened().app.connection, running);
  },
  async setTargetShare({ percent, settle }) {
    opened().app.setTargetShare(percent);
    if (settle) await opened().app.settled();
  },
  async counts() {
    const sums: Record<string, number> = {};
    for (const counts of await Promise.all(opened().app.queues.map((queue) => queue.inspector.counts()))) {
      for (const [state, count] of Object.entries(counts)) sums[state] = (sums[state] ?? 0) + count;
    }
    return sums;
  },
  async close() {
    await opened().app.close();
  },
});
