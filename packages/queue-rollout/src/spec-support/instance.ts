import { createBullMqEngine } from '@switchyard/queue-bullmq';
import {
  defineQueue,
  type JobHandlers,
  type QueueDefinition,
  type QueueEngine,
  type ReportError,
  type StandardSchema,
} from '@switchyard/queue-contract';
import { Redis } from 'ioredis';
import {
  createFlagSource,
  createRollout,
  type Rollout,
  type RolloutOptions,
  type SettableFlagSource,
  type TargetShares,
} from '../index.js';
import { createLegacyEngine } from './legacy-engine.js';

/** Accepts a number `n`. */
const numbered: StandardSchema<{ n: number; user?: string }> = {
  '~standard': {
    version: 1,
    vendor: 'spec',
    validate: (value) =>
      typeof (value as { n?: unknown })?.n === 'number'
        ? { value: value as { n: number } }
        : { issues: [{ message: 'n must be a number' }] },
  },
};

/** Accepts what nobody checked. */
export const anything: StandardSchema = {
  '~standard': { version: 1, vendor: 'spec', validate: (value) => ({ value }) },
};

export const contacts = defineQueue({
  name: 'contacts-sync',
  tier: 'critical',
  jobs: { sync: numbered },
  routingKey: ({ data }) => data.user ?? '',
  worker: { concurrency: 4 },
});
export const reminders = defineQueue({ name: 'reminder', tier: 'non-critical', jobs: { sync: numbered } });
export const limited = defineQueue({
  name: 'limited',
  tier: 'medium',
  jobs: { sync: numbered },
  worker: { concurrency: 20, limit: { max: 5, durationMs: 600 } },
});
export const urgent = defineQueue({
  name: 'urgent',
  tier: 'medium',
  jobs: { sync: numbered },
  priorities: true,
});
export const queues: readonly QueueDefinition[] = [contacts, reminders, limited, urgent];

/** One process of the app: engines, flags and rollout over a command connection of its own. */
export interface Instance {
  readonly connection: Redis;
  readonly engines: { readonly legacy: QueueEngine; readonly target: QueueEngine };
  readonly flags: SettableFlagSource;
  readonly rollout: Rollout;
  share(percent: number): void;
  close(): Promise<void>;
}

const instances = new Set<Instance>();

/** To be called after each test. */
export async function closeInstances(): Promise<void> {
  await Promise.all([...instances].map((instance) => instance.close()));
}

export type InstanceOptions = Partial<Pick<RolloutOptions, 'idleCheckMs' | 'switchingCheckMs'>> & {
  readonly reportError?: ReportError;
  /** Puts something between the rollout and its engines. */
  readonly through?: (engine: QueueEngine) => QueueEngine;
  readonly withoutLegacy?: boolean;
  /** Where the legacy engine is, if not where the target is. */
  readonly legacyUrl?: string;
  readonly addTimeoutMs?: number;
  /** Default 3000. */
  readonly lockMs?: number;
  /** Default: one share for all. */
  readonly shares?: TargetShares;
};

export function startInstance(url: string, percent: number, options: InstanceOptions = {}): Instance {
  const {
    through = (engine) => engine,
    withoutLegacy = false,
    legacyUrl = url,
    addTimeoutMs,
    lockMs = 3000,
    shares,
    ...settings
  } = options;
  const connection = connect(url);
  const legacyConnection = legacyUrl === url ? connection : connect(legacyUrl);
  const reportError = () => {};
  const limits = { reportError, lockMs, ...(addTimeoutMs !== undefined && { addTimeoutMs }) };
  const engines = {
    legacy: createLegacyEngine({ connection: legacyConnection, ...limits }),
    target: createBullMqEngine({ connection, ...limits }),
  };
  const forAll = (share: number) => new Map(queues.map(({ name }) => [name, share]));
  const flags = createFlagSource(shares ?? forAll(percent));
  const rollout = createRollout({
    legacy: withoutLegacy ? undefined : through(engines.legacy),
    target: through(engines.target),
    queues,
    flags,
    reportError,
    switchingCheckMs: 50,
    idleCheckMs: 500,
    ...settings,
  });
  const instance: Instance = {
    connection,
    engines,
    flags,
    rollout,
    share: (next) => flags.set(forAll(next)),
    async close() {
      instances.delete(instance);
      await rollout.close({ timeoutMs: 2000 });
      await engines.legacy.close();
      await engines.target.close();
      connection.disconnect();
      legacyConnection.disconnect();
    },
  };
  instances.add(instance);
  return instance;
}

function connect(url: string): Redis {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  connection.on('error', () => {}); // restarts are part of the test
  return connection;
}

/** Handlers that note which engine ran which job, and can be made to wait. */
export function recorder() {
  const runs: { id: string; n: number; engine: string; atMs: number; scheduleId: string | null }[] = [];
  let open: Promise<void> = Promise.resolve();
  let release = () => {};
  let running = 0;
  let peak = 0;
  const handlers: JobHandlers<(typeof contacts)['jobs']> = {
    async sync({ id, data, engine, scheduleId }) {
      running += 1;
      peak = Math.max(peak, running);
      await open;
      runs.push({ id, n: data.n, engine, atMs: Date.now(), scheduleId });
      running -= 1;
      return data.n;
    },
  };
  return {
    handlers,
    runs,
    hold() {
      open = new Promise((resolve) => (release = resolve));
    },
    letGo: () => release(),
    get running() {
      return running;
    },
    get peak() {
      return peak;
    },
    ran: () => runs.map(({ n }) => n).sort((a, b) => a - b),
  };
}

export async function eventually(check: () => unknown, timeoutMs = 15_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      if ((await check()) !== false) return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index);
