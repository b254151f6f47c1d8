// The part of the old app that adds jobs. It goes on for a while after the workers were replaced, as during any
// rolling deploy. Written with `bull` alone; it knows nothing of what is happening to its queues.
import { setTimeout as sleep } from 'node:timers/promises';
import Bull from 'bull';
import { kindOf, type JobKind } from '../job-kinds.js';
import { traffic, type QueueTraffic } from '../traffic.js';
import { onStop, tell, type LegacyJob } from './messages.js';

const REPEATING_QUEUE = 'webhook-health-check';
const PAUSED_QUEUE = 'batch-notifications';
const COLON_QUEUE = 'google-contacts-sync';
const REPEAT_EVERY_MS = 4000;
const BETWEEN_ADDS_MS = 70;

/** How long the first backlog of a queue is going to keep its workers busy; the paused one starts late. */
const fillSeconds = ({ name, position }: { name: string; position: number }) =>
  name === PAUSED_QUEUE ? 2 : 6 + 3 * position;
const fillCount = (position: number) => 40 + 10 * position;

const redis = { ...redisOf(process.env.REDIS_URL ?? ''), connectionName: 'legacy-producer' };
const queues = traffic.map((queue, position) => ({
  ...queue,
  position,
  bull: new Bull(queue.name, { redis }),
  added: 0,
}));
type Queue = (typeof queues)[number];
for (const { name, bull } of queues) {
  bull.on('error', (error) => process.stderr.write(`${name}: ${error.message}\n`));
}

let stopping = false;
let done: Promise<void> = Promise.resolve();
onStop(async () => {
  stopping = true;
  await done;
  await Promise.all(queues.map(({ bull }) => bull.close()));
});
done = produce();
await done;

async function produce(): Promise<void> {
  await pauseOne();
  await Promise.all(queues.map(fill));
  await addTwiceUnderOneId();
  await addRepeatable();
  tell({ type: 'filled' });
  for (let n = 0; !stopping; n++) {
    const queue = queues[n % queues.length];
    if (queue) tell({ type: 'accepted', jobs: [await addOne(queue, 30, 5000)] });
    await sleep(BETWEEN_ADDS_MS);
  }
}

async function pauseOne(): Promise<void> {
  const paused = queueNamed(PAUSED_QUEUE);
  await paused.bull.pause();
  tell({ type: 'paused', queue: paused.name });
}

async function fill(queue: Queue): Promise<void> {
  const count = fillCount(queue.position);
  const latencyMs = (fillSeconds(queue) * 1000 * queue.concurrency) / count;
  const jobs: LegacyJob[] = [];
  for (let n = 0; n < count; n++) jobs.push(await addOne(queue, latencyMs, 25_000));
  tell({ type: 'accepted', jobs });
}

async function addOne(queue: Queue, latencyMs: number, maxDelayMs: number): Promise<LegacyJob> {
  const n = queue.added++;
  const kind = kindOf(n, { latencyMs, maxDelayMs, priorities: queue.priorities });
  const payload = queue.payload(n, Date.now(), kind.remote);
  const jobName = queue.jobNames[n % queue.jobNames.length] ?? null;
  const options = bullOptions(kind);
  const job = await (jobName === null
    ? queue.bull.add(payload, options)
    : queue.bull.add(jobName, payload, options));
  return { queue: queue.name, id: String(job.id), meant: kind.meant, calls: kind.calls };
}

/** Ids with a colon are common in Bull apps, and so is adding such a job again to make sure it is there. */
async function addTwiceUnderOneId(): Promise<void> {
  const { name, bull, payload } = queueNamed(COLON_QUEUE);
  for (let time = 1; time <= 2; time++) {
    const data = payload(7, Date.now(), { latencyMs: 20 });
    const job = await bull.add('sync', data, { jobId: 'contacts:user-7', attempts: 3 });
    tell({ type: 'accepted', jobs: [{ queue: name, id: String(job.id), meant: 'complete', calls: 1 }] });
  }
}

async function addRepeatable(): Promise<void> {
  const { name, bull, payload } = queueNamed(REPEATING_QUEUE);
  const data = payload(1, Date.now(), { latencyMs: 5 });
  const job = await bull.add('check-channels', data, { repeat: { every: REPEAT_EVERY_MS } });
  const firstSlotMs = Number(String(job.id).split(':').at(-1));
  tell({ type: 'repeats', queue: name, everyMs: REPEAT_EVERY_MS, firstSlotMs });
}

function bullOptions({ attempts, backoffMs, delayMs, priority }: JobKind): Bull.JobOptions {
  return {
    attempts,
    ...(backoffMs !== undefined && { backoff: { type: 'fixed', delay: backoffMs } }),
    ...(delayMs !== undefined && { delay: delayMs }),
    ...(priority !== undefined && { priority }),
  };
}

function queueNamed(name: string): QueueTraffic & { readonly bull: Bull.Queue } {
  const queue = queues.find((candidate) => candidate.name === name);
  if (!queue) throw new Error(`no queue ${name}`);
  return queue;
}

function redisOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}
