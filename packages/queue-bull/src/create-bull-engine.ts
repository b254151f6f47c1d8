import {
  checkOptionNames,
  checkQueueName,
  ClosedError,
  InvalidOptionError,
  type Consumer,
  type EngineCapability,
  type EngineQueue,
  type JobSchemas,
  type QueueDefinition,
  type QueueEngine,
  type ReportError,
} from '@switchyard/queue-contract';
import type { Redis } from 'ioredis';
import { createNaming, prefixOf, readBullNames } from './bull-names.js';
import { makeBullQueue, type BullQueue } from './bull-queue.js';
import { checkConnection } from './connection-check.js';
import { createClaims } from './claims.js';
import { watchConnection } from './connection-watch.js';
import { startConsumer } from './consumer.js';
import { createControl } from './control.js';
import type { EngineContext } from './engine-context.js';
import { createEvents } from './events.js';
import { findWork } from './find-work.js';
import { hideSecrets } from './hide-secrets.js';
import { createInspector } from './inspector.js';
import { keyspaceOf } from './keyspace.js';
import { createLentClient } from './lent-client.js';
import { queueKeys } from './queue-keys.js';
import { trackOutages } from './outages.js';
import { createOwnConnections } from './own-connections.js';
import { createProducer } from './producer.js';
import { createRunScript } from './run-script.js';
import { createSchedules } from './schedules.js';
import { createCallStore } from './store-calls.js';
import { checkStore } from './store-check.js';
import { createSubscriber } from './subscriber.js';

export interface BullEngineOptions {
  /**
   * The command connection, lent: never closed, renamed or given commands of its own here. Connections that the
   * engine needs besides (one per consuming queue, one for events) are made like it and closed by the engine.
   */
  readonly connection: Redis;
  /** The `prefix` of the Bull app whose queues are taken over. Default `bull`. */
  readonly prefix?: string;
  /** Its `redis.keyPrefix`, if it has one: Bull takes that instead of its `prefix`. */
  readonly keyPrefix?: string;
  /**
   * Names in the Bull app of queues that are declared under another: a declared name may have no colon and no white
   * space in it, while Bull takes any. `{ 'calendar-sync': 'calendar: sync' }`
   */
  readonly queueNames?: Readonly<Record<string, string>>;
  /** Hears what the engine could not answer to a caller, once per outage. Default: nobody. */
  readonly reportError?: ReportError;
  /** How long a call waits for a lost connection to come back, 1 to 600 000. Default 10 000. */
  readonly addTimeoutMs?: number;
  /**
   * For how long a job stays with a worker that gives no sign of life, 1000 to 3 600 000, and how often that is
   * looked for. Default 30 000, as Bull's.
   */
  readonly lockMs?: number;
}

const NAME = 'bull';

const OPTION_NAMES = [
  'connection',
  'prefix',
  'keyPrefix',
  'queueNames',
  'reportError',
  'addTimeoutMs',
  'lockMs',
] as const satisfies readonly (keyof BullEngineOptions)[];

/** What options of a Bull queue are here. */
const INSTEAD: Readonly<Record<string, string>> = {
  redis: 'connection, an ioredis client that is lent',
  createClient: 'connection, an ioredis client that is lent',
  limiter: 'worker.limit in the declaration of a queue',
  defaultJobOptions: 'defaults in the declaration of a queue',
  settings: 'lockMs, and backoffDelayMs in the declaration of a queue; the rest is not for setting',
  lockDuration: 'lockMs',
  stalledInterval: 'lockMs',
  drainDelay: 'nothing: how long a consumer waits at a time shows nowhere',
};

const CAPABILITIES: ReadonlySet<EngineCapability> = new Set([
  'priorities',
  'lifo',
  'deduplication',
  'custom-backoff',
  'rate-limit',
  'schedules',
  'queue-events',
  'pause',
]);

/**
 * The legacy queue engine: takes over the queues of a Bull app as they are.
 *
 * Without consumers and listeners it holds no connection but the one that was lent.
 *
 * @throws InvalidOptionError, also for a connection that Bull cannot work with: a Cluster, ioredis 6
 */
export function createBullEngine(options: BullEngineOptions): QueueEngine {
  const { connection, reportError, addTimeoutMs = 10_000, lockMs = 30_000 } = options;
  // By their names alone: a value may hold a password.
  const given = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, '…']],
  );
  checkOptionNames('createBullEngine', Object.fromEntries(given) as object, OPTION_NAMES, INSTEAD);
  checkConnection(connection);
  checkRange('addTimeoutMs', addTimeoutMs, 1, 600_000);
  checkRange('lockMs', lockMs, 1000, 3_600_000);
  const prefix = prefixOf(options);
  const bullNames = readBullNames(options.queueNames);
  const takeName = createNaming(bullNames);

  const outages = trackOutages(
    NAME,
    reportError && ((error, context) => reportError(hideSecrets(error), context)),
  );
  const watch = watchConnection(NAME, connection, (error) => outages.connection(connection, error));
  const client = createLentClient(connection, watch);
  const connections = createOwnConnections(connection, outages.connection);
  const subscriber = createSubscriber(connections);
  const bulls = new Map<string, BullQueue>();
  const queues = new WeakMap<QueueDefinition, EngineQueue>();
  const consumers = new Set<Consumer>();
  let closing: Promise<void> | undefined;
  // Jobs that run while it closes may still log, and add others.
  let closed = false;

  const context: EngineContext = {
    engine: NAME,
    prefix,
    keys: (name) => queueKeys(prefix, bullNames.get(name) ?? name),
    lockMs,
    client,
    run: createRunScript(client),
    call: createCallStore(NAME, watch, addTimeoutMs, () => closed),
    connections,
    subscriber,
    outages,
    bull(name) {
      let bull = bulls.get(name);
      if (!bull) {
        bull = makeBullQueue(context.keys(name).queue, { prefix, client, lockMs });
        bull.on('error', (error) => outages.task(error, name));
        bulls.set(name, bull);
      }
      return bull;
    },
  };

  function makeQueue<S extends JobSchemas>(definition: QueueDefinition<S>): EngineQueue<S> {
    return {
      definition,
      producer: createProducer(context, definition),
      consumer: {
        consume(handlers, consumeOptions = {}) {
          if (closing) throw new ClosedError(`engine "${NAME}"`);
          const consumer = startConsumer(context, definition, handlers, consumeOptions, (ended) =>
            consumers.delete(ended),
          );
          // An aborted one never was open, and says nothing of its end.
          if (!consumeOptions.signal?.aborted) consumers.add(consumer);
          return consumer;
        },
      },
      schedules: createSchedules(context, definition),
      inspector: createInspector(context, definition),
      control: createControl(context, definition),
      events: createEvents(context, definition),
      claims: createClaims(context, definition.name),
    };
  }

  async function close(): Promise<void> {
    await Promise.all([...consumers].map((consumer) => consumer.close()));
    closed = true;
    await subscriber.close();
    watch.release();
  }

  return {
    name: NAME,
    keyspace: keyspaceOf(connection, prefix),
    capabilities: CAPABILITIES,
    async ready() {
      if (closing) throw new ClosedError(`engine "${NAME}"`);
      await watch.whenReady(addTimeoutMs, true);
      await context.call(() => checkStore(NAME, client));
    },
    queue<S extends JobSchemas>(definition: QueueDefinition<S>) {
      let queue = queues.get(definition as unknown as QueueDefinition) as EngineQueue<S> | undefined;
      if (!queue) {
        checkQueueName(definition.name);
        takeName(definition.name);
        queue = makeQueue(definition);
        queues.set(definition as unknown as QueueDefinition, queue as unknown as EngineQueue);
      }
      return queue;
    },
    withWork: (names) => findWork(context, names),
    close({ timeoutMs } = {}) {
      // Called again with a limit, it closes within that.
      for (const consumer of consumers) void consumer.close({ timeoutMs });
      return (closing ??= close());
    },
  };
}

function checkRange(option: string, value: number, min: number, max: number): void {
  if (!(typeof value === 'number' && value >= min && value <= max)) {
    throw new InvalidOptionError(option, value, `${min} to ${max}`);
  }
}
