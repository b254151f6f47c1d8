import { setTimeout as sleep } from 'node:timers/promises';
import { ClosedError } from '@switchyard/queue-contract';
import type { Redis } from 'ioredis';
import type { OwnConnections } from './own-connections.js';
import { settledWithin } from './settled-within.js';

/** A consumer's blocking connection, on which Bull waits for jobs. */
export interface BlockingPop {
  open(name: string): Redis;
  /** Lets the wait that is going on end without a job, and begins no other. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** How long Redis may take to let go of a wait before the connection is cut. */
const STOP_LIMIT_MS = 1000;
const ASK_AGAIN_MS = 20;

/**
 * Cutting a connection that waits may lose a job that was just popped for it: it would count as active until its
 * worker is noticed to be dead. So Redis is asked to end the wait, and to answer with nothing or with the job.
 *
 * @param client asks for it
 */
export function createBlockingPop(client: Redis, connections: OwnConnections): BlockingPop {
  let connection: Redis | undefined;
  /** Rejects when Redis does not tell. */
  let clientId: Promise<number> | undefined;
  let waiting: Promise<unknown> | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let stopped = false;
  /** Ends the wait that is going on. One for each: a promise that all waits raced against would remember every one. */
  let cut: (nothing: null) => void = () => {};

  async function closeConnection(): Promise<void> {
    const closing = connection;
    connection = undefined;
    cut(null);
    if (closing) await connections.close(closing);
  }

  /** Asks until the wait is over: it may not have reached Redis yet. */
  async function letGo(signal: AbortSignal): Promise<void> {
    try {
      const id = await clientId;
      if (id === undefined) return;
      while (waiting !== undefined && connection?.status === 'ready' && !signal.aborted) {
        await client.client('UNBLOCK', id);
        await Promise.race([waiting, sleep(ASK_AGAIN_MS)]);
      }
    } catch {
      // Then the connection is cut.
    }
  }

  return {
    open(name) {
      if (stopped) throw new ClosedError('consumer');
      const opened = connections.open(name);
      connection = opened;
      opened.on('ready', () => {
        clientId = opened.client('ID');
        clientId.catch(() => {});
      });
      const pop = opened.brpoplpush.bind(opened);
      const one = async (from: string, to: string, seconds: number | string): Promise<string | null> => {
        if (stopped || !connection) return null;
        const popping = new Promise<string | null>((resolve, reject) => {
          cut = resolve;
          pop(from, to, seconds).then(resolve, reject);
        });
        waiting = popping;
        try {
          return await popping;
        } finally {
          waiting = undefined;
        }
      };
      // One at a time: Redis would serve them so anyway, and then there is one wait to end.
      opened.brpoplpush = ((...args: Parameters<typeof one>) => {
        const mine = turn.then(() => one(...args));
        turn = mine.catch(() => {});
        return mine;
      }) as Redis['brpoplpush'];
      return opened;
    },

    async stop() {
      stopped = true;
      const limit = new AbortController();
      await settledWithin(letGo(limit.signal), STOP_LIMIT_MS);
      limit.abort();
      if (waiting) await closeConnection();
    },

    close: closeConnection,
  };
}
