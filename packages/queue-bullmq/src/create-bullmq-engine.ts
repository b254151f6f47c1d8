import { shareConnections, type ConnectionCount } from '@switchyard/bullmq-shared-connections';
import {
  checkOptionNames,
  checkQueueName,
  ClosedError,
  closeLimitMs,
  InvalidOptionError,
  type EngineCapability,
  type EngineQueue,
  type JobSchemas,
  type QueueDefinition,
  type QueueEngine,
  type ReportError,
} from '@switchyard/queue-contract';
import { createBullMqQueue, type BullMqQueue, type EngineContext } from './bullmq-queue.js';
import { checkStore } from './check-store.js';
import { checkConnection } from './connection-check.js';
import { createClaims } from './claims.js';
import { checkPrefixOn, keyspaceOf, type Connection } from './connection.js';
import { createConsumerHost, type ConsumerHost } from './consumer.js';
import { createControl } from './control.js';
import { createEventHub, type EventHub } from './event-hub.js';
import { createEvents } from './events.js';
import { createFaultReport } from './fault-report.js';
import { createInspector } from './inspector.js';
import { LET_GO_MS } from './let-go.js';
import { createPatience } from './patience.js';
import { createProducer } from './producer.js';
import { createSchedules } from './schedules.js';
import { createScheduleStore } from './schedule-store.js';
import { activeSchedule } from './stored-schedule.js';
import { queuesWithWork } from './with-work.js';

export interface BullMqEngineOptions {
  /**
   * The command connection, lent: every command of the engine but the blocking ones goes through it. It is never
   * closed here. It has no `keyPrefix`.
   */
  readonly connection: Connection;
  /**
   * What jobs, logs and errors call this engine: 1 to 40 letters, digits, `-` and `_`. Default `bullmq`. Two engines
   * of one app, on different servers or prefixes, need two names.
   */
  readonly name?: string;
  /**
   * First part of every key. Default `switchyard`; `bull`, where legacy queues live, is refused. On Redis Cluster it
   * needs a hash tag: `{switchyard}`.
   */
  readonly prefix?: string;
  /** Hears what the engine could not answer to a caller, of one outage once. Default: nobody. */
  readonly reportError?: ReportError;
  /** How long a call, an add above all, waits for a lost connection to come back, in ms, 1 to 600 000. Default 10 000. */
  readonly addTimeoutMs?: number;
  /**
   * For how long a job stays with a worker that gives no sign of life, and how often that is looked for, in ms, 1000
   * to 3 600 000. Default 30 000.
   */
  readonly lockMs?: number;
}

/** The engine as its owner sees it. */
export interface BullMqEngine extends QueueEngine {
  /** How many connections there are at this moment, the lent ones included. Asks nobody. */
  connections(): ConnectionCount;
}

const CAPABILITIES: readonly EngineCapability[] = [
  'priorities',
  'lifo',
  'deduplication',
  'custom-backoff',
  'rate-limit',
  'schedules',
  'queue-events',
  'pause',
];

const DEFAULT_ADD_TIMEOUT_MS = 10_000;
const DEFAULT_LOCK_MS = 30_000;

/** The parts of one queue name that all its declarations share, and those of each declaration. */
interface Host {
  readonly queue: BullMqQueue;
  readonly hub: EventHub;
  readonly consumers: Set<Pick<ConsumerHost<JobSchemas>, 'close'>>;
}

/**
 * The queue engine on BullMQ: two connections however many queues it serves, the lent one included, and a third while
 * somebody listens to queue-wide events.
 *
 * @throws InvalidOptionError
 */
export function createBullMqEngine(options: BullMqEngineOptions): BullMqEngine {
  const { connection, name, prefix, addTimeoutMs, lockMs } = checked(options);
  let closing: Promise<void> | undefined;
  let letGo: () => void = () => undefined;
  const lettingGo = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const closeListeners = new Set<() => void>();
  const faults = createFaultReport(name, connection, options.reportError);
  const context: EngineContext = {
    engine: name,
    connection,
    prefix,
    lockMs,
    faults,
    patience: createPatience(name, connection, addTimeoutMs),
    shared: shareConnections(connection, { onError: (error) => void faults.report(error) }),
    isClosed: () => closing !== undefined,
    onClose(listener) {
      closeListeners.add(listener);
      return () => void closeListeners.delete(listener);
    },
  };
  const hosts = new Map<string, Host>();
  const queues = new Map<QueueDefinition, EngineQueue>();

  const hostOf = (name: string): Host => {
    const known = hosts.get(name);
    if (known) return known;
    const queue = createBullMqQueue(context, name);
    const host = {
      queue,
      hub: createEventHub(queue),
      consumers: new Set<Pick<ConsumerHost<JobSchemas>, 'close'>>(),
    };
    hosts.set(name, host);
    return host;
  };

  const openQueue = <S extends JobSchemas>(definition: QueueDefinition<S>): EngineQueue<S> => {
    const { queue, hub, consumers } = hostOf(definition.name);
    const consumer = createConsumerHost(queue, definition);
    consumers.add(consumer);
    return {
      definition,
      producer: createProducer(queue, definition),
      consumer,
      schedules: createSchedules(queue, definition),
      inspector: createInspector(queue),
      control: createControl(queue),
      events: createEvents(queue, hub),
      claims: createClaims(queue),
    };
  };

  const closeAll = async (timeoutMs: number | undefined) => {
    for (const listener of [...closeListeners]) listener();
    const all = [...hosts.values()];
    await Promise.all(consumersOf(hosts).map((consumer) => consumer.close({ timeoutMs })));
    const parts = [...all.map(({ hub }) => hub.close()), ...all.map(({ queue }) => queue.close())];
    for (const part of await Promise.allSettled(parts)) {
      if (part.status === 'rejected') faults.report(part.reason);
    }
    await context.shared.close();
    faults.stop();
  };

  const assertOpen = () => {
    if (closing) throw new ClosedError(`engine "${name}"`);
  };

  return {
    name,
    keyspace: keyspaceOf(connection, prefix),
    capabilities: new Set(CAPABILITIES),
    async ready() {
      assertOpen();
      await checkStore(name, connection, addTimeoutMs);
    },
    queue<S extends JobSchemas>(definition: QueueDefinition<S>): EngineQueue<S> {
      const known = queues.get(definition as QueueDefinition);
      if (known) return known as unknown as EngineQueue<S>;
      checkQueueName(definition.name);
      const opened = openQueue(definition);
      queues.set(definition as QueueDefinition, opened as unknown as EngineQueue);
      return opened;
    },
    async withWork(names) {
      assertOpen();
      const hasSchedules = async (queue: string) => {
        const schedules = await createScheduleStore(hostOf(queue).queue).readAll();
        return schedules.some((schedule) => activeSchedule(name, schedule) !== null);
      };
      const ask = () => queuesWithWork(connection, prefix, names, hasSchedules);
      return context.patience.run(ask, { again: true });
    },
    connections: () => context.shared.connections(),
    async close({ timeoutMs } = {}) {
      // A second call may be less patient than the first.
      if (closing) for (const consumer of consumersOf(hosts)) void consumer.close({ timeoutMs });
      closing ??= Promise.race([closeAll(timeoutMs), lettingGo]);
      const timer =
        timeoutMs === undefined
          ? undefined
          : setTimeout(letGo, closeLimitMs(closeLimitMs(timeoutMs) + LET_GO_MS));
      await closing;
      clearTimeout(timer);
    },
  };
}

function consumersOf(hosts: ReadonlyMap<string, Host>) {
  return [...hosts.values()].flatMap(({ consumers }) => [...consumers]);
}

const OPTION_NAMES = ['connection', 'name', 'prefix', 'reportError', 'addTimeoutMs', 'lockMs'];

function checked(options: BullMqEngineOptions) {
  checkOptionNames('createBullMqEngine', options, OPTION_NAMES);
  const {
    connection,
    name = 'bullmq',
    prefix = 'switchyard',
    addTimeoutMs = DEFAULT_ADD_TIMEOUT_MS,
    lockMs = DEFAULT_LOCK_MS,
  } = options;
  if (typeof name !== 'string' || !/^[\w-]{1,40}$/.test(name)) {
    throw new InvalidOptionError('name', name, '1 to 40 letters, digits, "-" and "_"');
  }
  checkConnection(connection);
  if (prefix === 'bull' || !/^\S{1,100}$/.test(prefix)) {
    throw new InvalidOptionError(
      'prefix',
      prefix,
      '1 to 100 characters without white space, and not "bull", where legacy queues live',
    );
  }
  checkPrefixOn(connection, prefix);
  if (!(addTimeoutMs >= 1 && addTimeoutMs <= 600_000)) {
    throw new InvalidOptionError('addTimeoutMs', addTimeoutMs, '1 to 600 000');
  }
  if (!(Number.isInteger(lockMs) && lockMs >= 1000 && lockMs <= 3_600_000)) {
    throw new InvalidOptionError('lockMs', lockMs, 'an integer, 1000 to 3 600 000');
  }
  return { connection, name, prefix, addTimeoutMs, lockMs };
}
