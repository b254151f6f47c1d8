import type { Redis } from 'ioredis';
import type { BullQueue } from './bull-queue.js';
import type { Outages } from './outages.js';
import type { OwnConnections } from './own-connections.js';
import type { QueueKeys } from './queue-keys.js';
import type { RunScript } from './run-script.js';
import type { CallStore } from './store-calls.js';
import type { Subscriber } from './subscriber.js';

/** What the roles of all queues of one engine share. */
export interface EngineContext {
  /** The engine's name. */
  readonly engine: string;
  readonly prefix: string;
  /** The keys of a queue, by the name that it is declared under. */
  keys(queue: string): QueueKeys;
  readonly lockMs: number;
  /** Goes out on the lent connection. */
  readonly client: Redis;
  readonly run: RunScript;
  readonly call: CallStore;
  readonly connections: OwnConnections;
  readonly subscriber: Subscriber;
  readonly outages: Outages;
  /** The queue object that everything but consuming goes through: the same for the same name. */
  bull(queue: string): BullQueue;
}
