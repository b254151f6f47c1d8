import {
  type BackendFactory,
  type ConnectionOptions,
  createRedisBackend,
  QueueKeys,
  type QueueOptions,
  RedisConnection,
  type RedisQueueBackend,
  type WorkerOptions,
} from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import {
  type BackendParts,
  EventsBackend,
  SharedBackend,
  type SharedParts,
  WorkerBackend,
} from './backends.js';
import { realClock } from './clock.js';
import { SharedConnectionsError } from './errors.js';
import type { Settings } from './options.js';
import { createRecovery } from './recovery.js';
import { SharedEvents } from './shared-events.js';
import { SharedWait } from './shared-wait.js';
import { WaitingRoom } from './waiting-room.js';

/** What BullMQ's classes take as their last argument. */
export type SharedBackendFactory = BackendFactory<RedisQueueBackend, ConnectionOptions>;

/** Tells a worker that is run by BullMQ's loop from one whose owner fetches each job by hand. */
type IsByHand = (opts: WorkerOptions) => boolean;

interface SharedBackends {
  factory(isByHand: IsByHand): SharedBackendFactory;
  close(): Promise<void>;
}

let hasWarnedOfCluster = false;

export function createSharedBackends(redis: Redis | Cluster, settings: Settings): SharedBackends {
  // Callers without types pass anything.
  const { duplicate, defineCommand } = (redis ?? {}) as Partial<Redis>;
  if (typeof duplicate !== 'function' || typeof defineCommand !== 'function') {
    throw new SharedConnectionsError('SHARED_CONNECTIONS_CLIENT', 'shareConnections needs an ioredis client');
  }
  if (redis.isCluster) return stockBackends(redis);
  return sharedBackends(redis as Redis, settings);
}

function sharedBackends(lent: Redis, settings: Settings): SharedBackends {
  const room = new WaitingRoom();
  const recovery = createRecovery(lent, room, () => wait, settings, realClock);
  const wait = new SharedWait(lent, room, settings, realClock, {
    onJoin: () => recovery.watch(),
    onBroken: () => recovery.lookNow(),
  });
  const events = new SharedEvents(lent, settings, realClock);
  const report = (error: Error) => settings.onError(error, 'recovery');
  const shared: SharedParts = { room, wait, events, recovery, clock: realClock, lent, report };
  let closing: Promise<void> | undefined;

  const factory =
    (isByHand: IsByHand): SharedBackendFactory =>
    (name, opts, { blocking = false, withBlockingConnection = false } = {}) => {
      if (closing) {
        throw new SharedConnectionsError('SHARED_CONNECTIONS_CLOSED', `"${name}" came after close()`);
      }
      const { skipVersionCheck, skipWaitingForReady } = opts;
      const connection = new RedisConnection(lent, {
        shared: true,
        blocking: false,
        skipVersionCheck,
        skipWaitingForReady,
      });
      const queueKeys = new QueueKeys((opts as QueueOptions).prefix);
      const toKey = (type: string) => queueKeys.toKey(name, type);
      const parts: BackendParts = [connection, name, queueKeys.getKeys(name), toKey, opts];
      if (withBlockingConnection) return new WorkerBackend(parts, shared, isByHand(opts as WorkerOptions));
      return blocking ? new EventsBackend(parts, shared) : new SharedBackend(parts, shared);
    };

  return {
    factory,
    close() {
      recovery.close();
      closing ??= Promise.all([wait.close(), events.close()]).then(() => undefined);
      return closing;
    },
  };
}

/**
 * The keys of several queues may live on different nodes there, and one command cannot ask for all of them.
 */
function stockBackends(cluster: Redis | Cluster): SharedBackends {
  if (!hasWarnedOfCluster) {
    hasWarnedOfCluster = true;
    process.emitWarning('Redis Cluster: queues cannot share a wait; every worker gets its own connection.', {
      type: 'SharedConnectionsWarning',
      code: 'SHARED_CONNECTIONS_CLUSTER',
    });
  }
  const backendFactory: SharedBackendFactory = (name, opts, roles) =>
    createRedisBackend(name, Object.assign(opts, { connection: cluster }), roles);
  return { factory: () => backendFactory, close: async () => undefined };
}
