import {
  type KeysMap,
  type QueueBaseOptions,
  type RedisConnection,
  RedisQueueBackend,
  type WorkerOptions,
} from 'bullmq';
import { expandClientList } from './client-names.js';
import type { Clock } from './clock.js';
import type { Lent } from './origin.js';
import type { Recovery } from './recovery.js';
import { offerWaitingJob } from './queue-look.js';
import { EVENTS_CLIENT, type SharedEvents } from './shared-events.js';
import { WAIT_CLIENT, type SharedWait } from './shared-wait.js';
import type { WaitingRoom, WaitKeys } from './waiting-room.js';
import { whileAway } from './while-away.js';

/** What all backends of one lent client share. */
export interface SharedParts {
  readonly room: WaitingRoom;
  readonly wait: SharedWait;
  readonly events: SharedEvents;
  readonly recovery: Recovery;
  readonly clock: Clock;
  readonly lent: Lent;
  readonly report: (error: Error) => void;
}

export type BackendParts = [
  connection: RedisConnection,
  name: string,
  keys: KeysMap,
  toKey: (type: string) => string,
  opts: QueueBaseOptions,
];

/** Fields of a queue's settings that hold its workers back. */
const BRAKES = ['concurrency', 'max', 'duration'];

/** BullMQ's Redis backend on a client that is not its own. Enough for a `Queue` and a `FlowProducer`. */
export class SharedBackend extends RedisQueueBackend {
  protected readonly shared: SharedParts;
  protected readonly waitKeys: WaitKeys;

  constructor(parts: BackendParts, shared: SharedParts) {
    super(...parts);
    const [, , , toKey] = parts;
    this.shared = shared;
    this.waitKeys = {
      marker: toKey('marker'),
      wait: toKey('wait'),
      prioritized: toKey('prioritized'),
      delayed: toKey('delayed'),
      active: toKey('active'),
    };
  }

  override close(force = false): Promise<void> {
    this.closing ??= this.leave(force).then(() => this.connection.close(force));
    return this.closing;
  }

  /** Stock BullMQ would disconnect the client it was lent. */
  override async disconnect(): Promise<void> {
    await this.leave(true);
  }

  /** The name of the lent client is its owner's. */
  override async setName(_name: string): Promise<void> {}

  override async setQueueMeta(values: Record<string, string | number>): Promise<number> {
    const count = await super.setQueueMeta(values);
    if (BRAKES.some((field) => field in values)) await this.offerWaitingJob();
    return count;
  }

  override async removeQueueMetaFields(fields: string[]): Promise<number> {
    const count = await super.removeQueueMetaFields(fields);
    if (BRAKES.some((field) => fields.includes(field))) await this.offerWaitingJob();
    return count;
  }

  /**
   * A job may wait that nobody was told of: BullMQ writes no marker while a queue is at its global
   * concurrency, nor when that is raised, and leaves it to its workers' asking every 5 seconds.
   */
  protected async offerWaitingJob(): Promise<void> {
    await offerWaitingJob(this.shared.lent, this.waitKeys).catch(this.shared.report);
  }

  /** One line for each worker, though they share a connection. */
  override async getClientList(): Promise<string[]> {
    const lists = await super.getClientList();
    return lists.map((list) => expandClientList(list, [WAIT_CLIENT, EVENTS_CLIENT]));
  }

  /** Leaves what is shared. Repeatable. */
  protected async leave(_force: boolean): Promise<void> {}
}

/** The backend of a worker: it waits with all others on one connection. */
export class WorkerBackend extends SharedBackend {
  readonly #byHand: boolean;
  readonly #stalledIntervalMs: number;
  readonly #skipsStalledCheck: boolean;
  readonly #nameSuffix: string;
  #entering: Promise<void> | undefined;
  #isEntered = false;
  /** When its last turn ended, in the clock's milliseconds. */
  #stalledTurnMs = -Infinity;

  constructor(parts: BackendParts, shared: SharedParts, byHand: boolean) {
    super(parts, shared);
    const [, , , , opts] = parts;
    this.#byHand = byHand;
    const own = opts as WorkerOptions;
    this.#stalledIntervalMs = own.stalledInterval ?? Infinity;
    this.#nameSuffix = own.name ? `:w:${own.name}` : '';
    this.#skipsStalledCheck = own.skipStalledCheck === true;
    // The worker reads this very object, and refuses a delay that is none. "Until woken" instead of "for 5
    // seconds, then ask in vain". A worker that fetches by hand keeps its limit: its caller waits for the
    // answer.
    if (!byHand && Number(own.drainDelay) > 0) own.drainDelay = Infinity;
  }

  /**
   * BullMQ asks before it finishes each job, too. That must not depend on the connection of the wait, so it
   * is waited for once.
   */
  override waitUntilReady(): Promise<void> {
    if (this.#isEntered || this.closing) return super.waitUntilReady();
    this.#entering ??= this.shared.wait.enter(this, this.clientName(this.#nameSuffix)).then(() => {
      this.#isEntered = true;
    });
    return Promise.all([super.waitUntilReady(), this.#entering]).then(() => undefined);
  }

  /** A wait costs the same however long it is. */
  override get maximumBlockTimeout(): number {
    return Infinity;
  }

  override waitForJob(blockTimeout: number): Promise<{ member: string; score: number } | null> {
    return this.shared.wait.join(this.waitKeys, this, blockTimeout, this.#byHand);
  }

  override async disconnectBlocking(): Promise<void> {
    this.shared.recovery.leave(this);
    // A pause need not wait for a marker to be back in Redis.
    void this.shared.wait.leave(this.waitKeys, this);
  }

  override async reconnectBlocking(): Promise<void> {}

  override async moveToActive(token: string, name?: string) {
    const queue = this.shared.room.open(this.waitKeys);
    const { rescued } = queue;
    queue.rescued = false;
    queue.fetching += 1;
    try {
      const fetched = await super.moveToActive(token, name);
      this.#noteTaken(fetched);
      // Its marker never came.
      if (rescued && fetched[0]) this.shared.wait.probe();
      return fetched;
    } finally {
      queue.fetching -= 1;
    }
  }

  override async moveToFinished(jobId: string, args: (string | number | boolean | Buffer)[]) {
    const fetched = await this.#untilServed(() => super.moveToFinished(jobId, args));
    this.#noteTaken(fetched);
    return fetched;
  }

  override moveToDelayed(...delay: Parameters<RedisQueueBackend['moveToDelayed']>) {
    return this.#untilServed(() => super.moveToDelayed(...delay));
  }

  override retryJob(...retry: Parameters<RedisQueueBackend['retryJob']>) {
    return this.#untilServed(() => super.retryJob(...retry));
  }

  override moveToCompleted(...finish: Parameters<RedisQueueBackend['moveToCompleted']>) {
    return this.#offerUnlessFetched(super.moveToCompleted(...finish), finish[4]);
  }

  override moveToFailed(...finish: Parameters<RedisQueueBackend['moveToFailed']>) {
    return this.#offerUnlessFetched(super.moveToFailed(...finish), finish[4]);
  }

  /** BullMQ's check, once in each `stalledInterval`, waits for the turn of all queues together. */
  override async moveStalledJobsToWait(): Promise<string[]> {
    const { clock, recovery } = this.shared;
    // Called by hand: the caller wants to know now.
    if (this.#skipsStalledCheck || clock.nowMs() < this.#stalledTurnMs + this.#stalledIntervalMs / 2) {
      return super.moveStalledJobsToWait();
    }
    const hasActive = await recovery.stalledTurn(this, this.waitKeys.active, this.#stalledIntervalMs);
    this.#stalledTurnMs = clock.nowMs();
    return hasActive && !this.closing ? super.moveStalledJobsToWait() : [];
  }

  protected override async leave(force: boolean): Promise<void> {
    this.shared.recovery.leave(this);
    const left = this.shared.wait.exit(this.waitKeys, this);
    if (!force) await left;
  }

  /** A worker that stops takes no next job, and another one may have been kept from it until now. */
  #offerUnlessFetched<T>(finishing: Promise<T>, fetchNext: boolean): Promise<T> {
    if (fetchNext || this.#byHand) return finishing;
    return finishing.then((finished) => this.offerWaitingJob().then(() => finished));
  }

  /** What a job came to is not lost, nor taken for a failure, because a failover is under way. */
  #untilServed<T>(send: () => Promise<T>): Promise<T> {
    return whileAway(send, () => this.closing !== undefined, this.shared.clock);
  }

  #noteTaken(fetched: unknown[] | undefined): void {
    if (fetched?.[0]) this.shared.room.open(this.waitKeys).taken = true;
  }
}

/** The backend of `QueueEvents`: it reads with all others on one connection. */
export class EventsBackend extends SharedBackend {
  readonly #streamKey: string;
  #entered: Promise<void> | undefined;

  constructor(parts: BackendParts, shared: SharedParts) {
    super(parts, shared);
    this.#streamKey = parts[3]('events');
  }

  /** Once this resolves, no later event is missed. */
  override async waitUntilReady(): Promise<void> {
    await super.waitUntilReady();
    await Promise.all([this.shared.events.hasPlace(this), this.#entered]);
  }

  override async setName(name: string): Promise<void> {
    this.#entered = this.shared.events.enter(this, name);
  }

  override readEvents(id: string) {
    return this.shared.events.read(this.#streamKey, this, id);
  }

  protected override async leave(): Promise<void> {
    this.shared.events.leave(this);
  }
}
