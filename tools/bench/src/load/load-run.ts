import { countConnections, parseClientList, startRedis } from '@switchyard/local-redis';
import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { Account, type AccountSummary } from '../port-app/account.js';
import { startApp, type AppHandle } from '../port-app/app-handle.js';
import type { AppNote, ProcessSample } from '../port-app/app-operations.js';
import { appQueues } from '../port-app/app-queues.js';
import type { LoadSizes } from './sizes.js';

export interface LoadRun {
  /** From the first add to the end of the last job of the burst. */
  readonly burstMs: number;
  readonly burstJobs: number;
  readonly account: AccountSummary;
  /** Jobs at the end by state, of all queues. */
  readonly counts: Readonly<Record<string, number>>;
  /** Of one process, most and at the end. */
  readonly connectionsMost: number;
  readonly connectionsAtEnd: number;
  readonly reports: readonly string[];
  /** Process by process, from the end of the burst on. */
  readonly samples: readonly (readonly ProcessSample[])[];
}

const LOCK_MS = 30_000;
const PROCESSES = 3;
const DRAIN_LIMIT_MS = 300_000;

/** Three processes, each producer and consumer of all queues: a burst, then a trickle for as long as is left. */
export async function runLoad(sizes: LoadSizes, onProgress: (line: string) => void): Promise<LoadRun> {
  const server = await startRedis();
  const admin = new Redis(server.url);
  const apps: AppHandle[] = [];
  const account = new Account();
  const reports: string[] = [];
  const onNote = (note: AppNote) => {
    if (note.type === 'account') account.note(note);
    else reports.push(`${note.engine}: ${note.message}`);
  };
  const connectionsEach = async () =>
    countConnections(parseClientList(String(await admin.client('LIST')))) / PROCESSES;

  try {
    for (let number = 1; number <= PROCESSES; number++) {
      const options = {
        engine: 'rollout' as const,
        url: server.url,
        targetShare: 100,
        lockMs: LOCK_MS,
        concurrency: 10,
        handlerMs: 0,
        listensToEvents: false,
        idPrefix: `process-${number}`,
      };
      apps.push(await startApp(options, onNote));
    }
    let connectionsMost = await connectionsEach();
    const startedAtMs = Date.now();
    const jobsPerQueue = Math.ceil(sizes.jobsPerQueue / PROCESSES);
    const burstJobs = jobsPerQueue * PROCESSES * appQueues.length;
    onProgress(`burst of ${burstJobs} jobs`);
    let added = false;
    const adding = Promise.all(apps.map((app) => app.ask('burst', { jobsPerQueue }))).then(() => {
      added = true;
    });
    adding.catch(() => undefined);
    const drained = await until(DRAIN_LIMIT_MS, () => added && account.missing === 0);
    await adding;
    const burstMs = Date.now() - startedAtMs;
    onProgress(
      `${drained ? 'all done' : `${account.missing} missing`} after ${Math.round(burstMs / 1000)} s`,
    );
    connectionsMost = Math.max(connectionsMost, await connectionsEach());

    const samples: ProcessSample[][] = apps.map(() => []);
    await Promise.all(apps.map((app) => app.ask('startLoad', { everyMs: sizes.trickleEveryMs })));
    const endAtMs = Date.now() + sizes.trickleMs;
    while (Date.now() < endAtMs) {
      await sleep(Math.min(sizes.sampleEveryMs, Math.max(0, endAtMs - Date.now())));
      for (const [index, app] of apps.entries()) samples[index]?.push(await app.ask('sample', {}));
      connectionsMost = Math.max(connectionsMost, await connectionsEach());
      const heaps = samples.map((each) => ((each.at(-1)?.heapBytes ?? 0) / 2 ** 20).toFixed(1));
      onProgress(`${account.added} jobs added, ${account.missing} under way, heap ${heaps.join(' / ')} MB`);
    }
    await Promise.all(apps.map((app) => app.ask('stopLoad', {})));
    const counts = async (): Promise<Record<string, number>> => (await apps[0]?.ask('counts', {})) ?? {};
    await until(DRAIN_LIMIT_MS, async () => {
      const { waiting = 0, active = 0, delayed = 0 } = await counts();
      return account.missing === 0 && waiting + active + delayed === 0;
    });
    return {
      burstMs,
      burstJobs,
      account: account.summary([], LOCK_MS),
      counts: await counts(),
      connectionsMost,
      connectionsAtEnd: await connectionsEach(),
      reports,
      samples,
    };
  } finally {
    await Promise.all(apps.map((app) => app.end()));
    admin.disconnect();
    await server.stop();
  }
}

async function until(limitMs: number, isTrue: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (!(await isTrue())) {
    if (Date.now() > deadline) return false;
    await sleep(100);
  }
  return true;
}
