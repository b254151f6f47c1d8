/**
 * A member of BullMQ's marker set: score 0 says "a job waits", a score above 0 is when the next delayed job
 * is due.
 */
export interface Marker {
  readonly member: string;
  /** 0, or milliseconds since the epoch. */
  readonly score: number;
}

/** What ends a worker's wait: a marker, or `null` when it shall look for a job itself. */
export type Wake = Marker | null;

/** What a worker is told that stops: BullMQ fetches no job for it and looks at its state again. */
export const STOPPED: Marker = { member: '', score: Infinity };

/** The keys of a queue that the wait and the recovery ask about. */
export interface WaitKeys {
  readonly marker: string;
  readonly wait: string;
  readonly prioritized: string;
  readonly delayed: string;
  readonly active: string;
}

interface Waiter {
  readonly worker: object;
  /** Only of a worker that fetches by hand and wants to be told when its time is over. */
  readonly untilMs: number;
  readonly resolve: (wake: Wake) => void;
}

/** What this process knows about one queue. The shared wait and the recovery read and write it. */
export interface WaitingQueue {
  readonly keys: WaitKeys;
  /** Workers of this process that wait here, or will when they have finished what they do. */
  readonly workers: Set<object>;
  readonly waiters: Waiter[];
  /**
   * All its workers are busy while jobs wait: markers are left to other processes until one of them comes
   * back.
   */
  occupied: boolean;
  /** How many `moveToActive` are under way. Each may write the marker anew. */
  fetching: number;
  /**
   * A job was taken since the last marker, and BullMQ wrote the marker anew without knowing of another job.
   */
  taken: boolean;
  /** The recovery woke a worker, whose marker must have been lost if it now finds a job. */
  rescued: boolean;
  /** There was a delayed job when somebody last looked. */
  delayed: boolean;
  /** When a worker must look for a delayed job, for all this process knows, in the clock's milliseconds. */
  dueAtMs: number;
  /** A marker taken out of Redis that has to go back. */
  owed: Marker | undefined;
}

/**
 * Who waits for which queue: first come, first served within a queue, and among queues the one served longest
 * ago comes first. Only bookkeeping, without a clock, a timer or a connection.
 */
export class WaitingRoom {
  // The order of the map is the order in which the keys are asked.
  readonly #queues = new Map<string, WaitingQueue>();
  // One that stopped looks for itself when it comes back: what it waited for may be long past.
  readonly #returning = new WeakSet<object>();

  get(markerKey: string): WaitingQueue | undefined {
    return this.#queues.get(markerKey);
  }

  open(keys: WaitKeys): WaitingQueue {
    let queue = this.#queues.get(keys.marker);
    if (!queue) {
      queue = {
        keys,
        workers: new Set(),
        waiters: [],
        occupied: false,
        fetching: 0,
        taken: false,
        rescued: false,
        delayed: false,
        dueAtMs: Infinity,
        owed: undefined,
      };
      this.#queues.set(keys.marker, queue);
    }
    return queue;
  }

  queues(): Iterable<WaitingQueue> {
    return this.#queues.values();
  }

  hasWorkers(): boolean {
    for (const queue of this.#queues.values()) if (queue.workers.size > 0) return true;
    return false;
  }

  /**
   * @param untilMs when to end this wait with `null` whatever happens; `Infinity` for a worker that runs by
   *   itself.
   */
  join(queue: WaitingQueue, worker: object, untilMs: number): Promise<Wake> {
    queue.workers.add(worker);
    queue.occupied = false;
    if (this.#returning.delete(worker)) return Promise.resolve(null);
    const { owed } = queue;
    if (owed) {
      queue.owed = undefined;
      return Promise.resolve(owed);
    }
    return new Promise((resolve) => queue.waiters.push({ worker, untilMs, resolve }));
  }

  /** The worker stops: its waits end, and its queue is no longer asked for on its behalf. */
  leave(queue: WaitingQueue, worker: object): void {
    if (!queue.workers.delete(worker)) return;
    this.#returning.add(worker);
    for (const waiter of queue.waiters.filter((each) => each.worker === worker)) {
      this.#end(queue, waiter, STOPPED);
    }
  }

  /** Ends the longest wait of the queue. `false` when nobody waits. */
  wake(queue: WaitingQueue, wake: Wake): boolean {
    const [first] = queue.waiters;
    if (!first) return false;
    this.#end(queue, first, wake);
    return true;
  }

  /** The marker keys to ask for, the one served longest ago first. */
  keysToAsk(): string[] {
    const keys: string[] = [];
    for (const [key, queue] of this.#queues) {
      // A busy worker's queue is asked for too: the marker its own fetch has written is due to be swallowed,
      // and when the worker comes back it need not interrupt the wait.
      if (queue.waiters.length > 0 || (queue.workers.size > 0 && !queue.occupied)) keys.push(key);
    }
    return keys;
  }

  /** This queue's marker was popped: all others come before it next time. */
  served(queue: WaitingQueue): void {
    const key = queue.keys.marker;
    if (this.#queues.delete(key)) this.#queues.set(key, queue);
  }

  /** Nobody here serves the queue any more and nothing is owed to it: forget it. */
  forgetIfIdle(queue: WaitingQueue): void {
    if (queue.workers.size === 0 && queue.fetching === 0 && !queue.owed)
      this.#queues.delete(queue.keys.marker);
  }

  /** The next moment at which `due` has something to do, or `Infinity`. */
  nextDueMs(): number {
    let next = Infinity;
    for (const queue of this.#queues.values()) {
      next = Math.min(next, queue.dueAtMs);
      for (const { untilMs } of queue.waiters) next = Math.min(next, untilMs);
    }
    return next;
  }

  /**
   * Wakes one worker of each queue whose delayed job is due, and every waiter whose own time is over.
   * @returns the queues whose job is due while all their workers are busy: their time is still theirs to keep.
   */
  due(nowMs: number): WaitingQueue[] {
    const unserved: WaitingQueue[] = [];
    for (const queue of this.#queues.values()) {
      if (queue.dueAtMs <= nowMs) {
        if (this.wake(queue, null)) queue.dueAtMs = Infinity;
        else unserved.push(queue);
      }
      for (const waiter of queue.waiters.filter(({ untilMs }) => untilMs <= nowMs))
        this.#end(queue, waiter, null);
    }
    return unserved;
  }

  #end(queue: WaitingQueue, waiter: Waiter, wake: Wake): void {
    queue.waiters.splice(queue.waiters.indexOf(waiter), 1);
    waiter.resolve(wake);
  }
}
