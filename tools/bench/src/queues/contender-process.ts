import { setTimeout as sleep } from 'node:timers/promises';
import { answerWith } from '../answering.js';
import { queueNames, type ContenderApp, type Ticket, type WorkerOptions } from './contender.js';
import type { ContenderOperations, OneJob } from './contender-operations.js';
import { openApp } from './open-app.js';

// The program of a contender's own process: does what the benchmark asks over IPC, and ends with it.

let app: ContenderApp | undefined;
let nextNumber = 0;
/** Ends that are waited for, by ticket number. */
const ends = new Map<number, () => void>();
/** How late each handler began, by ticket number. */
const latenessMs = new Map<number, number>();

const filled: Promise<void>[] = [];

function opened(): ContenderApp {
  if (!app) throw new Error('not open');
  return app;
}

function nextTicket(): Ticket {
  return { number: nextNumber++ };
}

function endOf({ number }: Ticket): Promise<void> {
  return new Promise((resolve) => ends.set(number, resolve));
}

function workerOptions(concurrency: number, handlerMs: number): WorkerOptions {
  return {
    concurrency,
    async handle({ number }, dueAtMs) {
      latenessMs.set(number, Date.now() - dueAtMs);
      if (handlerMs > 0) await sleep(handlerMs);
    },
    onCompleted({ number }) {
      const end = ends.get(number);
      ends.delete(number);
      end?.();
    },
  };
}

async function runOne(queue: number, delayMs?: number): Promise<OneJob> {
  const ticket = nextTicket();
  const startedAt = performance.now();
  const sinceStart = () => performance.now() - startedAt;
  const ended = endOf(ticket).then(sinceStart);
  await opened().add(queue, ticket, delayMs);
  const addMs = sinceStart();
  const latencyMs = await ended;
  const lateness = latenessMs.get(ticket.number);
  if (lateness === undefined) throw new Error(`job ${ticket.number} completed without having begun here`);
  latenessMs.clear();
  return { addMs, latencyMs, latenessMs: lateness };
}

async function addToAll(jobsPerQueue: number, onTicket: (ticket: Ticket) => void): Promise<void> {
  await Promise.all(
    queueNames.map((_, queue) => {
      const tickets = Array.from({ length: jobsPerQueue }, nextTicket);
      tickets.forEach(onTicket);
      return opened().addMany(queue, tickets);
    }),
  );
}

answerWith<ContenderOperations>({
  async open({ contender, url }) {
    app = await openApp(contender, url);
  },
  async startWorkers({ concurrency, handlerMs }) {
    const workers = await opened().makeWorkers(workerOptions(concurrency, handlerMs));
    workers.start();
  },
  async listenToEvents() {
    await opened().listenToEvents();
  },
  async runOne({ queue, delayMs, restMs = 0 }) {
    const job = await runOne(queue, delayMs);
    await sleep(restMs);
    return job;
  },
  async addOneByOne({ count }) {
    const addMs: number[] = [];
    const done: Promise<void>[] = [];
    for (let index = 0; index < count; index++) {
      const ticket = nextTicket();
      done.push(endOf(ticket));
      const startedAt = performance.now();
      await opened().add(index % queueNames.length, ticket);
      addMs.push(performance.now() - startedAt);
    }
    await Promise.all(done);
    return { addMs };
  },
  async burst({ jobsPerQueue }) {
    const done: Promise<void>[] = [];
    await addToAll(jobsPerQueue, (ticket) => done.push(endOf(ticket)));
    await Promise.all(done);
  },
  async fill({ jobsPerQueue }) {
    await addToAll(jobsPerQueue, (ticket) => filled.push(endOf(ticket)));
  },
  async drain({ concurrency }) {
    const workers = await opened().makeWorkers(workerOptions(concurrency, 0));
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    workers.start();
    await Promise.all(filled.splice(0));
    const durationMs = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpuBefore);
    return { durationMs, cpuMs: (user + system) / 1000 };
  },
  async close() {
    await app?.close();
    app = undefined;
  },
});
