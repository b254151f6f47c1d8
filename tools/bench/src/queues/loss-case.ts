import { setTimeout as sleep } from 'node:timers/promises';
import { parseClientList, startRedis } from '@switchyard/local-redis';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { queueNames, type ContenderId } from './contender.js';
import { startContender, type ContenderHandle } from './contender-handle.js';

/** What dies with a process: a popped wake-up, or the timer of a delayed job. */
export type Loss = 'marker' | 'timer';

const DELAY_MS = 3_000;
/** How long after its loss a job is waited for before this gives up; twice what is promised. */
const GIVE_UP_MS = 120_000;
const ATTEMPTS = 10;

/**
 * Two processes with 11 workers each, default settings. One is frozen (SIGSTOP) while its wait is first in line, a job
 * is added, and Redis hands the job's marker to the frozen process, which
 * - marker: is killed (SIGKILL), so that nobody knows of the waiting job;
 * - timer: thaws, sets its timer for the delayed job, and is killed before it fires.
 *
 * @returns milliseconds from when the other process should have run the job (the kill, or when the job was due) until
 * it did.
 */
export async function measureLoss(contender: ContenderId, loss: Loss): Promise<number> {
  const server = await startRedis();
  const redis = new Redis(server.url);
  // A user each, by which CLIENT LIST tells the connections of the two processes apart.
  const urlOf = async (user: string) => {
    await redis.acl('SETUSER', user, 'on', 'nopass', '~*', '&*', '+@all');
    return `redis://${user}:any@${server.host}:${server.port}`;
  };
  const processes: ContenderHandle[] = [];
  const start = async (user: string) => {
    const app = await startContender(contender, await urlOf(user));
    processes.push(app);
    await app.ask('startWorkers', { concurrency: 1, handlerMs: 0 });
    // Its workers' waits are in Redis, in line behind those that were there before.
    await sleep(1_000);
    return app;
  };
  const queue = new Queue(queueNames[0] ?? '', { connection: { host: server.host, port: server.port } });
  try {
    const victim = await start('victim');
    await start('survivor');
    const jobId = await loseWakeUp(victim, redis, queue, loss);
    if (loss === 'timer') {
      victim.signal('SIGCONT');
      await sleep(DELAY_MS / 3);
    }
    await victim.end();
    const killedAtMs = Date.now();
    return await untilRun(queue, jobId, killedAtMs);
  } finally {
    await Promise.all(processes.map((app) => app.end()));
    await queue.close();
    redis.disconnect();
    await server.stop();
  }
}

/** Leaves the victim frozen with the job's marker in its socket. */
async function loseWakeUp(victim: ContenderHandle, redis: Redis, queue: Queue, loss: Loss): Promise<string> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    victim.signal('SIGSTOP');
    const waitsBefore = await blockedConnections(redis);
    const job = await queue.add('lost', {}, loss === 'timer' ? { delay: DELAY_MS } : undefined);
    // Serving a blocked client is part of adding: by now the marker has gone to somebody.
    const waitsAfter = await blockedConnections(redis);
    if (waitsAfter < waitsBefore && job.id !== undefined) return job.id;
    // It went to the survivor, whose wait was first in line and is last from now on.
    victim.signal('SIGCONT');
    await job.remove().catch(() => undefined);
    await sleep(500);
  }
  throw new Error(`the process to be killed got none of ${ATTEMPTS} markers`);
}

async function blockedConnections(redis: Redis): Promise<number> {
  const clients = parseClientList(String(await redis.client('LIST')));
  return clients.filter(({ flags, fields }) => fields.user === 'victim' && flags.includes('b')).length;
}

async function untilRun(queue: Queue, jobId: string, killedAtMs: number): Promise<number> {
  for (;;) {
    const job = await queue.getJob(jobId);
    if (!job) throw new Error('the job that lost its wake-up is gone');
    const shouldRunAtMs = Math.max(killedAtMs, job.timestamp + (job.opts.delay ?? 0));
    if (job.finishedOn && job.processedOn) {
      if (job.processedOn < killedAtMs) throw new Error('the job ran in the process that was to lose it');
      return job.processedOn - shouldRunAtMs;
    }
    const waitedMs = Date.now() - shouldRunAtMs;
    if (waitedMs > GIVE_UP_MS) return waitedMs;
    await sleep(20);
  }
}
