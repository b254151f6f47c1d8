import {
  type BackendFactory,
  type ConnectionOptions,
  QueueKeys,
  type QueueOptions,
  RedisConnection,
  type RedisQueueBackend,
  type WorkerOptions,
} from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { type BackendParts, EventsBackend, SharedBackend, WorkerBackend } from './backends.js';
import { realClock } from './clock.js';
import { type ConnectionCount, openConnections } from './connection-count.js';
import { SharedConnectionsError } from './errors.js';
import type { Settings } from './options.js';
import { serverOrigin, slotOrigin } from './origin.js';
import { createSlotGroup, type SlotGroup } from './slot-group.js';
import { hashTag, slotOf } from './slots.js';

/** What BullMQ's classes take as their last argument. */
export type SharedBackendFactory = BackendFactory<RedisQueueBackend, ConnectionOptions>;

/** Tells a worker that is run by BullMQ's loop from one whose owner fetches each job by hand. */
type IsByHand = (opts: WorkerOptions) => boolean;

interface SharedBackends {
  factory(isByHand: IsByHand): SharedBackendFactory;
  connections(): ConnectionCount;
  close(): Promise<void>;
}

export function createSharedBackends(redis: Redis | Cluster, settings: Settings): SharedBackends {
  // Callers without types pass anything.
  const { duplicate, defineCommand } = (redis ?? {}) as Partial<Redis>;
  if (typeof duplicate !== 'function' || typeof defineCommand !== 'function') {
    throw new SharedConnectionsError('SHARED_CONNECTIONS_CLIENT', 'shareConnections needs an ioredis client');
  }
  const groups = redis.isCluster
    ? clusterGroups(redis as Cluster, settings)
    : serverGroup(redis as Redis, settings);
  let closing: Promise<void> | undefined;

  const factory =
    (isByHand: IsByHand): SharedBackendFactory =>
    (name, opts, { blocking = false, withBlockingConnection = false } = {}) => {
      if (closing) {
        throw new SharedConnectionsError('SHARED_CONNECTIONS_CLOSED', `"${name}" came after close()`);
      }
      const queueKeys = new QueueKeys((opts as QueueOptions).prefix);
      const toKey = (type: string) => queueKeys.toKey(name, type);
      const group = groups.of(name, toKey(''));
      const { skipVersionCheck, skipWaitingForReady } = opts;
      const connection = new RedisConnection(redis, {
        shared: true,
        blocking: false,
        skipVersionCheck,
        skipWaitingForReady,
      });
      const parts: BackendParts = [connection, name, queueKeys.getKeys(name), toKey, opts];
      if (withBlockingConnection) return new WorkerBackend(parts, group, isByHand(opts as WorkerOptions));
      return blocking ? new EventsBackend(parts, group) : new SharedBackend(parts, group);
    };

  return {
    factory,
    connections: () => openConnections(redis, groups.all()),
    close() {
      closing ??= Promise.all(groups.all().map((group) => group.close())).then(() => undefined);
      return closing;
    },
  };
}

/** Which queues share what. */
interface SlotGroups {
  /** The group of a queue whose keys begin with `keyStart`. */
  of(queue: string, keyStart: string): SlotGroup;
  all(): SlotGroup[];
}

function serverGroup(lent: Redis, settings: Settings): SlotGroups {
  const group = createSlotGroup(serverOrigin(lent), settings, realClock);
  return { of: () => group, all: () => [group] };
}

let hasWarnedOfSlots = false;

/**
 * A command can ask for keys of one slot only, even where several slots are on one node. So the queues of each slot
 * share a wait.
 *
 * @throws SharedConnectionsError `SHARED_CONNECTIONS_CLIENT` for a client that reads from replicas; later, from `of`,
 *   `SHARED_CONNECTIONS_SLOT` for a queue whose own keys are not in one slot
 */
function clusterGroups(lent: Cluster, settings: Settings): SlotGroups {
  // Whether a job waits is asked right after its marker was popped. A replica may not have heard of the job yet.
  if (lent.options.scaleReads !== 'master') {
    throw new SharedConnectionsError(
      'SHARED_CONNECTIONS_CLIENT',
      'A Cluster client that reads from replicas (scaleReads) misses jobs: lend one that reads from masters',
    );
  }
  const groups = new Map<number, SlotGroup>();
  return {
    all: () => [...groups.values()],
    of(queue, keyStart) {
      // A FlowProducer has no queue of its own: each job of a flow names one. Nothing waits on its behalf.
      if (queue === '') return createSlotGroup(slotOrigin(lent, 0, realClock), settings, realClock);
      if (hashTag(keyStart) === undefined) {
        throw new SharedConnectionsError(
          'SHARED_CONNECTIONS_SLOT',
          `On Redis Cluster the keys of "${queue}" need a hash tag, in its prefix or name, such as the prefix {bull}`,
        );
      }
      const slot = slotOf(keyStart);
      let group = groups.get(slot);
      if (!group) {
        group = createSlotGroup(slotOrigin(lent, slot, realClock), settings, realClock);
        groups.set(slot, group);
        if (groups.size > 1) warnOfSlots();
      }
      return group;
    },
  };
}

function warnOfSlots(): void {
  if (hasWarnedOfSlots) return;
  hasWarnedOfSlots = true;
  process.emitWarning(
    'Redis Cluster: queues whose keys lie in different slots cannot share a connection that waits, so there is one ' +
      'for each slot. With one hash-tagged prefix, such as {bull}, they all share one.',
    { type: 'SharedConnectionsWarning', code: 'SHARED_CONNECTIONS_CLUSTER' },
  );
}
