import { countConnections, parseClientList, startFaultyProxy, startRedis } from '@switchyard/local-redis';
import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { Account, type AccountSummary, type Disturbance } from '../port-app/account.js';
import { startApp, type AppHandle } from '../port-app/app-handle.js';
import type { AppEngine, AppNote, ProcessSample, Run } from '../port-app/app-operations.js';
import { appQueues } from '../port-app/app-queues.js';
import { describeFault, type Fault } from './faults.js';
import { fallSilent, inflict, type Place } from './inflict.js';

/** One outage, as an app lived through it. */
export interface Outage {
  readonly fault: Fault;
  readonly disturbance: Disturbance;
  /** From the return of server and network until the first job began. */
  readonly firstWakeUpMs: number;
  /** The same, until a job had begun on each of the queues. */
  readonly allWakeUpsMs: number;
  /** Calls of `reportError`, by engine. */
  readonly reports: Readonly<Record<string, readonly string[]>>;
  /** Afterwards, with the load paused. */
  readonly sample: ProcessSample;
  readonly connections: number;
  /** Of a rollout: where its queues were going at the time, in percent. */
  readonly targetShare: number;
}

export interface AppRun {
  readonly engine: AppEngine;
  /** Before the first outage, with the load paused. */
  readonly before: { readonly sample: ProcessSample; readonly connections: number };
  readonly outages: readonly Outage[];
  /** From the moment that the connection of the waits fell silent for good until every queue worked again. */
  readonly silenceMs: number | undefined;
  readonly account: AccountSummary;
  /** Jobs at the end by state, of all queues. */
  readonly counts: Readonly<Record<string, number>>;
  /** At the very end, the rollout's queues all on BullMQ. */
  readonly connectionsAtEnd: number;
}

export interface AppRunOptions {
  readonly engine: AppEngine;
  readonly faults: readonly Fault[];
  /** Of constant load before each fault and after it. */
  readonly loadMs: number;
  /** Whether a connection also falls silent for good at the end, which nothing but patience can notice. */
  readonly withSilence: boolean;
  readonly onProgress: (line: string) => void;
}

/** A job per queue this often. */
const ADD_EVERY_MS = 100;
const HANDLER_MS = 5;
/** A worker that lost a job on the way to it is noticed after up to two of these. */
export const LOCK_MS = 5_000;
/** A wake-up that has not come by then counts as this late. */
const WAKE_UP_LIMIT_MS = 90_000;
/** What was on its way when a connection fell silent has arrived after this time. */
const UNDER_WAY_MS = 500;
const CONNECTIONS_LIMIT_MS = 5_000;
const DRAIN_LIMIT_MS = 60_000;
/** A rollout moves all its queues before each outage, which finds them in the middle of it. */
const SHARES = [50, 100, 50, 0];

/** An app on an engine, its Redis and the proxy between them, through a list of faults. */
export async function runThroughFaults(options: AppRunOptions): Promise<AppRun> {
  const server = await startRedis({ settings: { appendonly: 'yes', appendfsync: 'always' } });
  const proxy = await startFaultyProxy({ targetPort: server.port });
  const admin = new Redis(server.url, { maxRetriesPerRequest: null, retryStrategy: () => 20 });
  admin.on('error', () => undefined);
  try {
    return await runIn({ server, proxy, admin }, options);
  } finally {
    admin.disconnect();
    await proxy.stop();
    await server.stop();
  }
}

async function runIn(place: Place, options: AppRunOptions): Promise<AppRun> {
  const { engine, faults, loadMs, withSilence, onProgress } = options;
  const account = new Account();
  const reports: Extract<AppNote, { type: 'report' }>[] = [];
  let onRun: (run: Run) => void = () => undefined;
  const app = await startApp(
    {
      engine,
      url: place.proxy.url,
      targetShare: SHARES[0] ?? 0,
      lockMs: LOCK_MS,
      concurrency: 5,
      handlerMs: HANDLER_MS,
      listensToEvents: true,
      idPrefix: 'job',
    },
    (note) => {
      if (note.type === 'report') return void reports.push(note);
      account.note(note);
      note.runs.forEach((run) => onRun(run));
    },
  );
  const connections = async () => countConnections(parseClientList(String(await place.admin.client('LIST'))));

  const wakeUps = (afterMs: () => number) => {
    const firstOf = new Map<number, number>();
    return new Promise<{ firstMs: number; allMs: number }>((resolve) => {
      const answer = () => {
        clearTimeout(limit);
        onRun = () => undefined;
        const times = [...firstOf.values()];
        const all = firstOf.size === appQueues.length;
        resolve({
          firstMs: times.length > 0 ? Math.min(...times) : WAKE_UP_LIMIT_MS,
          allMs: all ? Math.max(...times) : WAKE_UP_LIMIT_MS,
        });
      };
      const limit = setTimeout(answer, WAKE_UP_LIMIT_MS);
      onRun = ({ queue, startedAtMs }) => {
        const lateMs = startedAtMs - afterMs();
        if (lateMs >= 0) firstOf.set(queue, Math.min(lateMs, firstOf.get(queue) ?? Infinity));
        if (firstOf.size === appQueues.length) answer();
      };
    });
  };

  const silence = async () => {
    await app.ask('startLoad', { everyMs: ADD_EVERY_MS });
    await sleep(loadMs);
    await fallSilent('wait', place);
    const fromMs = Date.now();
    const { allMs } = await wakeUps(() => fromMs + UNDER_WAY_MS);
    await app.ask('stopLoad', {});
    place.proxy.resume();
    onProgress(`${engine}: silence noticed, all queues work after ${allMs} ms`);
    return allMs + UNDER_WAY_MS;
  };

  try {
    await load(app, loadMs);
    const before = { sample: await quietSample(app), connections: await connections() };
    const outages: Outage[] = [];
    for (const [index, fault] of faults.entries()) {
      const targetShare = SHARES[index % SHARES.length] ?? 0;
      if (engine === 'rollout') await app.ask('setTargetShare', { percent: targetShare, settle: false });
      await app.ask('startLoad', { everyMs: ADD_EVERY_MS });
      await sleep(loadMs);
      const reported = reports.length;
      let backAtMs = Infinity;
      const woken = wakeUps(() => backAtMs);
      const disturbance = await inflict(fault, place);
      backAtMs = disturbance.toMs;
      const { firstMs, allMs } = await woken;
      await sleep(loadMs);
      await app.ask('stopLoad', {});
      const sample = await quietSample(app);
      const expected = engine === 'rollout' ? undefined : before.connections;
      outages.push({
        fault,
        disturbance,
        firstWakeUpMs: firstMs,
        allWakeUpsMs: allMs,
        reports: byEngine(reports.slice(reported)),
        sample,
        connections: await settledConnections(connections, expected),
        targetShare,
      });
      onProgress(
        `${engine}, outage ${index + 1} of ${faults.length}: ${describeFault(fault)}; all queues work after ${allMs} ms`,
      );
    }
    const silenceMs = withSilence ? await silence() : undefined;
    await drain(app, account);
    if (engine === 'rollout') await app.ask('setTargetShare', { percent: 100, settle: true });
    return {
      engine,
      before,
      outages,
      silenceMs,
      account: account.summary(
        outages.map(({ disturbance, allWakeUpsMs }) => ({
          fromMs: disturbance.fromMs,
          toMs: disturbance.toMs + allWakeUpsMs,
        })),
        LOCK_MS,
      ),
      counts: await app.ask('counts', {}),
      connectionsAtEnd: await settledConnections(connections, undefined),
    };
  } finally {
    await app.end();
  }
}

async function load(app: AppHandle, forMs: number): Promise<void> {
  await app.ask('startLoad', { everyMs: ADD_EVERY_MS });
  await sleep(forMs);
  await app.ask('stopLoad', {});
}

/** Sampled when nothing runs; what runs has timers and memory of its own. */
async function quietSample(app: AppHandle): Promise<ProcessSample> {
  // Delayed jobs and second tries are due within this time.
  await sleep(500);
  for (;;) {
    const sample = await app.ask('sample', {});
    if (sample.running === 0) return sample;
    await sleep(50);
  }
}

/** As many as there are when their number is the expected one, or has not changed for a second. */
async function settledConnections(
  count: () => Promise<number>,
  expected: number | undefined,
): Promise<number> {
  const deadline = Date.now() + CONNECTIONS_LIMIT_MS;
  let last = await count();
  let sameSinceMs = Date.now();
  while (last !== expected && Date.now() < deadline) {
    await sleep(100);
    const now = await count();
    if (now !== last) sameSinceMs = Date.now();
    last = now;
    if (expected === undefined && Date.now() - sameSinceMs > 1000) break;
  }
  return last;
}

async function drain(app: AppHandle, account: Account): Promise<void> {
  const deadline = Date.now() + DRAIN_LIMIT_MS;
  while (Date.now() < deadline) {
    const { waiting = 0, active = 0, delayed = 0 } = await app.ask('counts', {});
    if (account.missing === 0 && waiting + active + delayed === 0) return;
    await sleep(200);
  }
}

function byEngine(reports: readonly Extract<AppNote, { type: 'report' }>[]): Record<string, string[]> {
  const messages: Record<string, string[]> = {};
  for (const { engine, message } of reports) (messages[engine] ??= []).push(message);
  return messages;
}
