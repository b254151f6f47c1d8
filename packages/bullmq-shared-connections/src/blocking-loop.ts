import type { Redis } from 'ioredis';
import { within, type Clock } from './clock.js';
import type { PrivateConnection } from './private-connection.js';

/** One command that blocks on behalf of many, asked over and over. */
export interface BlockingRead<Answer> {
  /** Sends the command for all who wait now, or nothing when nobody does. */
  send(client: Redis): Promise<Answer> | undefined;
  /** Deals with an answer before the command is sent again. Must not reject. */
  handle(answer: Answer): void | Promise<void>;
  /** Makes the command that blocks return, from another connection. */
  interrupt(): Promise<unknown>;
  /** Whether the connection stays open while nobody waits. */
  isNeeded(): boolean;
  /** The connection broke while the command blocked: an answer may be lost. */
  onBroken(): void;
}

export interface BlockingLoop {
  /** Whether it holds a connection, or makes one. */
  readonly isOpen: boolean;
  /** Connects. Resolves when the connection is ready or closed. */
  ready(): Promise<void>;
  /** Names the connection, which interrupts what blocks. Resolves when the name is there. */
  rename(name: string): Promise<void>;
  /** Begins to ask, if it does not yet. */
  start(): void;
  /** Has the command sent anew, because others wait now. Many calls at once cost one interruption. */
  renew(): void;
  /** Resolves after what blocks now has returned and was dealt with; soon, when `renew` was called before. */
  settled(): Promise<void>;
  /** Ends the connection until `start` is called again. For when nothing blocks. */
  stop(): void;
  /** Ends the connection for good, within a limit. */
  close(): Promise<void>;
}

export interface LoopSettings {
  /** How long the command blocks, in milliseconds. */
  readonly blockMs: number;
}

/** Over the block time, what a slow network may take before a connection counts as dead. */
const ANSWER_MARGIN_MS = 10_000;
/** How long a command that was interrupted may take to return. */
const INTERRUPT_LIMIT_MS = 5_000;
const CLOSE_LIMIT_MS = 2_000;
/**
 * An answer after this time ends a quiet spell. Whoever was woken then gets a moment to himself before the command goes
 * out again, whose next answer is most likely about what he just took. Under load answers come sooner and nobody waits.
 */
const QUIET_MS = 2;
const GRACE_MS = 1;
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 500;

export function createBlockingLoop<Answer>(
  connection: PrivateConnection,
  read: BlockingRead<Answer>,
  { blockMs }: LoopSettings,
  clock: Clock,
  report: (error: Error) => void,
): BlockingLoop {
  let running = false;
  /** `start` was called since the last command went out. */
  let wanted = false;
  let closed = false;
  let blocking = false;
  let renewing = false;
  let failures = 0;
  /** Counts answers, so that a late watchdog recognises the command it was set for. */
  let round = 0;
  let settledWaiters: (() => void)[] = [];

  const releaseSettled = () => {
    const released = settledWaiters;
    settledWaiters = [];
    for (const release of released) release();
  };

  const askOnce = async (): Promise<boolean> => {
    let sent = false;
    try {
      const answer = await connection.ask((client) => {
        const command = read.send(client);
        sent = command !== undefined;
        blocking = sent;
        return command;
      }, blockMs + ANSWER_MARGIN_MS);
      endRound();
      failures = 0;
      if (sent && answer !== undefined) await read.handle(answer);
    } catch (error) {
      endRound();
      read.onBroken();
      if (closed || !read.isNeeded()) return false;
      report(error as Error);
      failures += 1;
      await pause(Math.min(RETRY_MIN_MS * 2 ** Math.min(failures - 1, 10), RETRY_MAX_MS));
      return true;
    }
    return sent;
  };

  const endRound = () => {
    blocking = false;
    renewing = false;
    round += 1;
  };

  const pause = (delayMs: number) => new Promise<void>((resolve) => clock.after(delayMs, resolve));

  const run = async () => {
    running = true;
    let sent = true;
    while (!closed && (sent || wanted)) {
      wanted = false;
      const askedAtMs = clock.nowMs();
      sent = await askOnce();
      releaseSettled();
      if (sent && clock.nowMs() - askedAtMs > QUIET_MS) await pause(GRACE_MS);
    }
    running = false;
    if (closed || !read.isNeeded()) await connection.close();
    releaseSettled();
  };

  const loop: BlockingLoop = {
    get isOpen() {
      return connection.isOpen;
    },

    async ready() {
      if (!closed) await connection.ready();
    },

    async rename(name) {
      const renamed = connection.rename(name);
      loop.renew();
      await renamed;
    },

    start() {
      wanted = true;
      if (running || closed) return;
      void run();
    },

    renew() {
      if (!blocking || renewing) return;
      renewing = true;
      const interrupted = round;
      const isStuck = () => blocking && round === interrupted;
      // Those who come in the same turn of the event loop share the interruption.
      clock.soon(() => {
        if (!isStuck()) return;
        const watchdog = clock.after(INTERRUPT_LIMIT_MS, () => {
          if (isStuck()) connection.reset(`an interruption had no effect for ${INTERRUPT_LIMIT_MS} ms`);
        });
        read.interrupt().catch((error: Error) => {
          watchdog.cancel();
          if (!isStuck()) return;
          renewing = false;
          // Without the lent connection nobody can interrupt it: make it anew instead.
          connection.reset('it could not be interrupted', error);
        });
      });
    },

    settled() {
      if (!running) return Promise.resolve();
      return new Promise((resolve) => settledWaiters.push(resolve));
    },

    stop() {
      void connection.close();
    },

    async close() {
      if (closed) return;
      closed = true;
      if (running) {
        loop.renew();
        await within(CLOSE_LIMIT_MS, loop.settled(), clock);
      }
      await connection.close();
    },
  };
  return loop;
}
