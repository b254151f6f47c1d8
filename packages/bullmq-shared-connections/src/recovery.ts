import { createAlarm } from './alarm.js';
import type { Clock } from './clock.js';
import { existingKeys } from './existing-keys.js';
import type { Settings } from './options.js';
import type { Origin } from './origin.js';
import { nextDue } from './queue-look.js';
import type { SharedWait } from './shared-wait.js';
import type { WaitingQueue, WaitingRoom } from './waiting-room.js';

/** Makes good what was lost with a process or a connection, for all queues together. */
export interface Recovery {
  /** Workers wait: look at the usual interval. */
  watch(): void;
  /** Something may just have been lost: look now. */
  lookNow(): void;
  /**
   * The turn of a worker's stalled check, at the next look; at once when it is the worker's first.
   * @returns whether the queue has active jobs, so that checking makes sense.
   */
  stalledTurn(worker: object, activeKey: string, intervalMs: number): Promise<boolean>;
  /** The worker is gone: its turn ends. */
  leave(worker: object): void;
  close(): void;
}

interface StalledTurn {
  readonly worker: object;
  readonly activeKey: string;
  readonly resolve: (hasActive: boolean) => void;
}

/**
 * Later than the interval by this part of it, so that the stalled checks, whose timers BullMQ starts when the
 * last look ended, are all there when the next begins.
 */
const SLACK = 1 / 120;
const LEAST_SLACK_MS = 5;
/** Workers that start together are looked at together. */
const GATHER_MS = 10;
/** How long another process has to fetch a job it keeps the time of. */
const FOREIGN_GRACE_MS = 1_000;
/** Not more often than this because of other processes' delayed jobs. */
const LEAST_FOREIGN_INTERVAL_MS = 5_000;
const RETRY_MS = 1_000;
/** An answer that takes longer may be one that never comes. */
const ANSWER_LIMIT_MS = 5_000;

/**
 * Stock BullMQ asks every queue for a job every 5 seconds and for stalled jobs every 30: what a process took
 * with it when it died is found by the next question, and the questions are what an idle queue costs. Here
 * nothing is asked per queue as long as one `EXISTS` over the keys of all queues says 0:
 *
 * - `wait` and `prioritized` of queues with a worker that waits. A key of a list or set exists only while it
 *   has entries, so more than 0 means: a job waits and a worker waits, and the marker between them was lost
 *   (or is on its way, which does no harm; or the queue is paused or at its global concurrency, then the
 *   worker finds nothing).
 * - `delayed` of the same queues. If there is one its next time is asked for at each look from then on (one
 *   command a queue). When that time has passed, whoever kept it is gone, and a worker here is woken; when it
 *   comes before the next look, the next look comes a second after it.
 * - `active` of the queues whose stalled check is due. BullMQ's own check follows only where jobs are active.
 */
export function createRecovery(
  origin: Origin,
  room: WaitingRoom,
  wait: () => SharedWait,
  settings: Settings,
  clock: Clock,
): Recovery {
  const { lent } = origin;
  const stalledIntervals = new Map<object, number>();
  let turns: StalledTurn[] = [];
  let nextLookMs = Infinity;
  let looking = false;
  let closed = false;

  const alarm = createAlarm(() => void look(), clock);

  const plan = (atMs: number) => {
    if (closed) return;
    nextLookMs = Math.min(nextLookMs, atMs);
    if (!looking) alarm.set(nextLookMs);
  };

  const regularDelayMs = () => {
    const intervalMs = Math.min(settings.recoveryIntervalMs, ...stalledIntervals.values());
    return intervalMs + Math.max(intervalMs * SLACK, LEAST_SLACK_MS);
  };

  const isWatching = () => {
    if (turns.length > 0) return true;
    for (const { waiters } of room.queues()) if (waiters.length > 0) return true;
    return false;
  };

  const look = async () => {
    if (looking || closed) return;
    looking = true;
    nextLookMs = Infinity;
    let delayMs = regularDelayMs();
    const late = expectAnswer();
    try {
      delayMs = Math.min(delayMs, await lookOnce());
    } catch (error) {
      settings.onError(error as Error, 'recovery');
      delayMs = Math.min(delayMs, RETRY_MS);
    }
    late.cancel();
    looking = false;
    if (isWatching()) plan(clock.nowMs() + delayMs);
    else if (nextLookMs < Infinity) plan(nextLookMs);
  };

  /**
   * The lent client has no limit of its own, and whoever waits for its answer learns nothing. What was asked stays
   * asked: once the client has found the server that serves the keys now, it asks there.
   */
  const expectAnswer = () => {
    const refresh = () => {
      if (closed) return;
      origin.refresh();
      limit = clock.after(ANSWER_LIMIT_MS, refresh);
    };
    let limit = clock.after(ANSWER_LIMIT_MS, refresh);
    return { cancel: () => limit.cancel() };
  };

  /** @returns in how many milliseconds a delayed job of another process should be gone. */
  const lookOnce = async (): Promise<number> => {
    const dueTurns = turns;
    turns = [];
    try {
      const keys = dueTurns.map(({ activeKey }) => activeKey);
      for (const queue of room.queues()) {
        if (queue.waiters.length === 0) continue;
        keys.push(queue.keys.wait, queue.keys.prioritized);
        if (!queue.delayed) keys.push(queue.keys.delayed);
      }
      const existing = await existingKeys([...new Set(keys)], (part) => lent.exists(...part));
      for (const turn of dueTurns) turn.resolve(existing.has(turn.activeKey));
      return await serve(existing);
    } catch (error) {
      turns.push(...dueTurns);
      throw error;
    }
  };

  const serve = async (existing: Set<string>): Promise<number> => {
    const delayed: WaitingQueue[] = [];
    for (const queue of room.queues()) {
      if (existing.has(queue.keys.wait) || existing.has(queue.keys.prioritized)) rescue(queue);
      if (existing.has(queue.keys.delayed)) queue.delayed = true;
      if (queue.delayed && queue.waiters.length > 0) delayed.push(queue);
    }
    const delaysMs = await Promise.all(delayed.map(serveDelayed));
    return Math.min(Infinity, ...delaysMs);
  };

  const serveDelayed = async (queue: WaitingQueue): Promise<number> => {
    const dueEpochMs = await nextDue(lent, queue);
    if (dueEpochMs === undefined) return Infinity;
    const inMs = dueEpochMs - Date.now();
    if (inMs <= 0) {
      wait().wake(queue);
      return Infinity;
    }
    // Ours is on an alarm of its own.
    if (queue.dueAtMs <= clock.nowMs() + inMs + 1) return Infinity;
    return Math.max(inMs + FOREIGN_GRACE_MS, LEAST_FOREIGN_INTERVAL_MS);
  };

  const rescue = (queue: WaitingQueue) => {
    if (wait().wake(queue)) queue.rescued = true;
  };

  return {
    watch() {
      if (nextLookMs === Infinity && !looking) plan(clock.nowMs() + regularDelayMs());
    },

    lookNow() {
      plan(clock.nowMs() + GATHER_MS);
    },

    stalledTurn(worker, activeKey, intervalMs) {
      if (closed) return Promise.resolve(false);
      const isFirst = !stalledIntervals.has(worker);
      stalledIntervals.set(worker, intervalMs);
      return new Promise((resolve) => {
        turns.push({ worker, activeKey, resolve });
        plan(clock.nowMs() + (isFirst ? GATHER_MS : regularDelayMs()));
      });
    },

    leave(worker) {
      stalledIntervals.delete(worker);
      for (const turn of turns) if (turn.worker === worker) turn.resolve(false);
      turns = turns.filter((turn) => turn.worker !== worker);
    },

    close() {
      closed = true;
      alarm.clear();
      for (const turn of turns) turn.resolve(false);
      turns = [];
    },
  };
}
