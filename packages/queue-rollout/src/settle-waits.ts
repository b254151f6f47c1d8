import { ClosedError } from '@switchyard/queue-contract';
import { SettleTimeoutError } from './errors.js';
import type { QueueStatus } from './queue-status.js';
import type { RolloutQueue } from './rollout-queue.js';

/** Those who wait for queues to settle. */
export interface SettleWaits {
  readonly areAny: boolean;
  /**
   * @param sinceLook how many looks had begun: it is told what later ones saw
   * @throws SettleTimeoutError
   * @throws ClosedError
   */
  wait(queue: RolloutQueue, sinceLook: number, timeoutMs: number): Promise<QueueStatus>;
  /** A look, by its number, has come to its end. */
  heard(look: number): void;
  close(): void;
}

interface Waiter {
  heard(look: number): void;
  closed(): void;
}

export function createSettleWaits(isSettled: (queue: RolloutQueue) => boolean): SettleWaits {
  const waiters = new Set<Waiter>();
  return {
    get areAny() {
      return waiters.size > 0;
    },
    wait(queue, sinceLook, timeoutMs) {
      return new Promise((resolve, reject) => {
        const stopWaiting = (): void => {
          clearTimeout(giveUp);
          waiters.delete(waiter);
        };
        const waiter: Waiter = {
          heard(look) {
            if (look <= sinceLook || !isSettled(queue)) return;
            stopWaiting();
            resolve(queue.status());
          },
          closed() {
            stopWaiting();
            reject(new ClosedError('rollout'));
          },
        };
        const giveUp = setTimeout(() => {
          stopWaiting();
          const { queue: name, phase } = queue.status();
          reject(new SettleTimeoutError(name, phase, timeoutMs));
        }, timeoutMs);
        waiters.add(waiter);
      });
    },
    heard(look) {
      for (const waiter of [...waiters]) waiter.heard(look);
    },
    close() {
      for (const waiter of [...waiters]) waiter.closed();
    },
  };
}
