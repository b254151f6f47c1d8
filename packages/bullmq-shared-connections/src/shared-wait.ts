import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { createAlarm, type Alarm } from './alarm.js';
import { createBlockingLoop, type BlockingLoop } from './blocking-loop.js';
import { within, type Clock } from './clock.js';
import type { Settings } from './options.js';
import type { Lent, Origin } from './origin.js';
import { OwedMarkers } from './owed-markers.js';
import { createPrivateConnection } from './private-connection.js';
import { lookIntoQueue } from './queue-look.js';
import { ShownNames } from './shown-names.js';
import { interruptWait } from './wake-keys.js';
import type { Marker, WaitingQueue, WaitingRoom, Wake, WaitKeys } from './waiting-room.js';

type Popped = [key: string, member: string, score: string] | null;

/** BullMQ's names for the two members of a marker set. */
const DELAYED_MARKER = '1';

/** The name of its connection, before the names of its workers. */
export const WAIT_CLIENT = 'bullmq-shared-wait';

/** How long a look into a queue may hold up the wait for the others. */
const LOOK_LIMIT_MS = 5;

/** How long a worker that stops waits for its markers to be back in Redis. */
const LEAVE_LIMIT_MS = 2_000;

/**
 * One `BZPOPMIN` on behalf of all workers of this process.
 *
 * What a marker means. BullMQ keeps a sorted set per queue with at most two members: "0" (score 0) says that
 * a job waits, "1" (score: a time) when the next delayed job is due. Whatever makes a job wait (add,
 * promotion, retry, resume, a stalled job) writes "0", unless the queue is paused or at its global
 * concurrency. So does each `moveToActive` that takes a job, without looking whether another one waits, so
 * that the wake-up travels on. A marker is a hint: it may be there without a job, and whoever pops it must
 * look, or see to it that another does.
 *
 * A popped "0" goes at once to the worker of its queue that waits longest, which then fetches. Two
 * exceptions, in which the queue is looked at first (one `EXISTS`):
 *
 * 1. This process took a job from the queue since the queue's last marker, so this one is most likely that of
 *    the `moveToActive`. If the queue is empty the marker is *swallowed*: nobody fetches.
 * 2. No worker of the queue waits, because all are busy. If the queue is empty the marker is swallowed, too;
 *    if not it goes back to Redis for other processes (`ZADD NX`: a newer one is left alone), and the queue
 *    is left out of the wait until one of its workers is back. Up to then the queue of a busy worker stays
 *    part of the wait, and the worker comes back to it without interrupting it.
 *
 * Why swallowing loses no job. At the moment of the `EXISTS`, on the server and after the marker was popped,
 * no job waited. A job that was added before it has been seen by it; one that is added later writes a marker
 * of its own, which nobody has popped yet. What does not write one is an add to a queue that is paused or at
 * its global concurrency: there a resume writes it, or the worker that ends a job takes the next one in the
 * same script, or offers it (backends.ts); the swallowed marker was older than all of that. A rate limit
 * holds workers on timers of their own. Workers of other processes lose nothing, as the marker stood for no
 * job. But a worker that fetches in vain is told when the next delayed job is due, and from then on keeps
 * that time: so the `EXISTS` asks for delayed jobs as well, and if there are any their next time is asked for
 * and kept here instead.
 *
 * A popped "1" is handed to a waiting worker as it is; BullMQ then waits with a time limit. The limits are
 * kept here, the earliest of each queue, and survive the worker that brought them. When a job is due and all
 * workers of its queue are busy, a marker goes back to Redis for other processes, and so it does when the
 * queue's last worker stops. A marker popped for a queue without any worker goes back as it is.
 *
 * Between popping a marker and fetching, or while it keeps a time, a process may die. The recovery of the
 * others makes that good (recovery.ts).
 */
export class SharedWait {
  readonly #lent: Lent;
  readonly #room: WaitingRoom;
  readonly #clock: Clock;
  readonly #settings: Settings;
  readonly #loop: BlockingLoop;
  readonly #alarm: Alarm;
  readonly #onJoin: () => void;
  /** The keys of the command that blocks now. */
  #asked: Set<string> | undefined;
  readonly #owed: OwedMarkers;
  readonly #names: ShownNames;
  #controlKey = '';
  #closed = false;

  constructor(
    origin: Origin,
    room: WaitingRoom,
    settings: Settings,
    clock: Clock,
    events: { onJoin: () => void; onBroken: () => void },
  ) {
    this.#lent = origin.lent;
    this.#room = room;
    this.#clock = clock;
    this.#settings = settings;
    this.#onJoin = events.onJoin;
    this.#alarm = createAlarm(() => this.#ring(), clock);
    const report = (error: Error) => settings.onError(error, 'wait');
    this.#loop = createBlockingLoop<Popped>(
      createPrivateConnection(origin, WAIT_CLIENT, clock, report),
      {
        send: (client) => this.#send(client),
        handle: (popped) => this.#handle(popped),
        interrupt: () => interruptWait(origin.lent, this.#controlKey),
        isNeeded: () => this.#isNeeded(),
        onBroken: () => {
          this.#asked = undefined;
          events.onBroken();
        },
      },
      { blockMs: settings.blockSeconds * 1000 },
      clock,
      report,
    );
    const isAsked = (markerKey: string) => this.#asked?.has(markerKey) ?? false;
    this.#owed = new OwedMarkers(origin.lent, room, isAsked, clock, report);
    this.#names = new ShownNames(WAIT_CLIENT, this.#loop, clock);
  }

  /**
   * Connects on behalf of a new worker, so that it gets the next job once it calls itself ready, and shows
   * its name to who lists the clients. Resolves when that is done or has taken too long.
   */
  enter(worker: object, name: string): Promise<void> {
    return this.#names.add(worker, name);
  }

  /** A worker is closed. Resolves when what it leaves behind is in safe hands. */
  async exit(keys: WaitKeys, worker: object): Promise<void> {
    this.#names.remove(worker);
    await this.leave(keys, worker);
  }

  /**
   * A worker waits for its queue.
   *
   * @param timeoutSeconds when to look for a delayed job; `Infinity` when none is known.
   * @param byHand the worker is not run by BullMQ's loop: its wait ends with the time, job or not.
   */
  join(keys: WaitKeys, worker: object, timeoutSeconds: number, byHand: boolean): Promise<Wake> {
    const queue = this.#room.open(keys);
    const untilMs = this.#clock.nowMs() + timeoutSeconds * 1000;
    const wake = this.#room.join(queue, worker, byHand ? untilMs : Infinity);
    if (!byHand) queue.dueAtMs = Math.min(queue.dueAtMs, untilMs);
    if (this.#closed) {
      this.#handOver(queue);
      return wake;
    }
    this.#setAlarm();
    // Below a key of BullMQ's, so that access rules for those suffice.
    this.#controlKey ||= `${keys.marker}:shared-wait:${randomUUID()}`;
    if (this.#asked && !this.#asked.has(keys.marker) && queue.waiters.length > 0) this.#loop.renew();
    this.#loop.start();
    this.#onJoin();
    return wake;
  }

  /** A worker stops waiting for good or for now. Resolves when what it leaves behind is in safe hands. */
  async leave(keys: WaitKeys, worker: object): Promise<void> {
    const queue = this.#room.open(keys);
    this.#room.leave(queue, worker);
    if (queue.workers.size === 0 && queue.dueAtMs < Infinity) this.#oweDelayed(queue);
    this.#setAlarm();
    const isLast = !this.#isNeeded();
    if (this.#asked && (isLast || (queue.owed && this.#asked.has(keys.marker)))) {
      this.#loop.renew();
      await within(LEAVE_LIMIT_MS, this.#loop.settled(), this.#clock);
    } else if (isLast) {
      this.#loop.stop();
    }
    this.#owed.giveBack(!this.#closed);
    await this.#owed.written();
  }

  get isOpen(): boolean {
    return this.#loop.isOpen;
  }

  /** A worker that is paused, or has not waited yet, keeps the connection. */
  #isNeeded(): boolean {
    return this.#names.size > 0 || this.#room.hasWorkers();
  }

  /** Has a worker of the queue look for a job, if one waits. */
  wake(queue: WaitingQueue): boolean {
    return this.#room.wake(queue, null);
  }

  /** Makes sure that the connection still answers: a marker was missed. */
  probe(): void {
    this.#loop.renew();
  }

  /** Ends the wait. Workers that still wait are not woken; their own `close` ends their wait. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#alarm.clear();
    for (const queue of this.#room.queues()) this.#handOver(queue);
    await this.#loop.close();
    this.#asked = undefined;
    this.#owed.giveBack(!this.#closed);
    await this.#owed.written();
  }

  #send(client: Redis): Promise<Popped> | undefined {
    this.#owed.giveBack(!this.#closed);
    const keys = this.#closed ? [] : this.#room.keysToAsk();
    if (keys.length === 0) return undefined;
    this.#asked = new Set(keys);
    return client.bzpopmin(...keys, this.#controlKey, this.#settings.blockSeconds);
  }

  async #handle(popped: Popped): Promise<void> {
    this.#asked = undefined;
    const queue = popped && this.#room.get(popped[0]);
    if (queue) {
      this.#room.served(queue);
      const marker = { member: popped[1], score: Number(popped[2]) };
      if (marker.score > 0) this.#takeDelayed(queue, marker);
      else await this.#takeBase(queue, marker);
    }
    this.#owed.giveBack(!this.#closed);
  }

  #takeDelayed(queue: WaitingQueue, marker: Marker): void {
    if (this.#room.wake(queue, marker)) return;
    // Where "0" is owed as well, it alone is enough: who fetches is told of delayed jobs.
    if (queue.workers.size === 0) queue.owed ??= marker;
    else this.#expect(queue, marker.score);
  }

  async #takeBase(queue: WaitingQueue, marker: Marker): Promise<void> {
    if (queue.workers.size === 0) {
      queue.owed = marker;
      return;
    }
    const mayBeOurs = queue.taken || queue.fetching > 0;
    queue.taken = false;
    if (!mayBeOurs && this.#room.wake(queue, marker)) return;
    // The answer is nearly always there before the next command would be; the other queues are not kept from
    // waiting for a slow one.
    await within(LOOK_LIMIT_MS, this.#lookFirst(queue, marker), this.#clock);
  }

  async #lookFirst(queue: WaitingQueue, marker: Marker): Promise<void> {
    if (!(await this.#hasJob(queue)) || this.#room.wake(queue, marker)) return;
    queue.owed = marker;
    queue.occupied = true;
    this.#returnOwed(queue);
  }

  /** When in doubt, a job waits. */
  async #hasJob(queue: WaitingQueue): Promise<boolean> {
    try {
      const { hasJob, dueEpochMs } = await lookIntoQueue(this.#lent, queue);
      if (dueEpochMs !== undefined) this.#expect(queue, dueEpochMs);
      return hasJob;
    } catch (error) {
      this.#settings.onError(error as Error, 'wait');
      return true;
    }
  }

  /** A delayed job is due at a time since the epoch: somebody here will look for it then. */
  #expect(queue: WaitingQueue, dueEpochMs: number): void {
    // The epoch is BullMQ's business, and read from the clock it reads: a test may have replaced that one.
    const dueAtMs = this.#clock.nowMs() + (dueEpochMs - Date.now());
    queue.dueAtMs = Math.min(queue.dueAtMs, dueAtMs);
    this.#setAlarm();
  }

  #ring(): void {
    for (const queue of this.#room.due(this.#clock.nowMs())) this.#handOver(queue);
    this.#setAlarm();
  }

  #setAlarm(): void {
    this.#alarm.set(this.#room.nextDueMs());
  }

  /** From now on other processes keep the time of its delayed jobs. */
  #handOver(queue: WaitingQueue): void {
    if (queue.dueAtMs === Infinity) return;
    this.#oweDelayed(queue);
    this.#returnOwed(queue);
  }

  #oweDelayed(queue: WaitingQueue): void {
    const inMs = queue.dueAtMs - this.#clock.nowMs();
    queue.dueAtMs = Infinity;
    queue.occupied = true;
    queue.owed ??= { member: DELAYED_MARKER, score: Math.ceil(Date.now() + Math.max(inMs, 0)) };
  }

  /** Puts back what is owed to a queue, as soon as the wait leaves it out. */
  #returnOwed(queue: WaitingQueue): void {
    if (this.#asked?.has(queue.keys.marker)) this.#loop.renew();
    else this.#owed.giveBack(!this.#closed);
  }
}
