import type { Redis } from 'ioredis';
import { within, type Clock } from './clock.js';
import { SharedConnectionsError } from './errors.js';
import type { Origin } from './origin.js';

/** A connection of our own on which one command at a time blocks. */
export interface PrivateConnection {
  /** Whether it is there, or being made. */
  readonly isOpen: boolean;
  /** Connects where needed. Resolves when the connection is ready or closed, however long that takes. */
  ready(): Promise<void>;
  /**
   * Sends one command as soon as the connection is ready, connecting first where needed.
   *
   * @param send called at that moment, so that it can decide late; `undefined` when there is nothing to send
   *   any more.
   * @param limitMs how long an answer may take. After that the connection counts as dead and is made anew.
   * @returns the answer; rejects when the connection breaks first. The command is never sent a second time.
   */
  ask<Answer>(
    send: (client: Redis) => Promise<Answer> | undefined,
    limitMs: number,
  ): Promise<Answer | undefined>;
  /**
   * Names the connection, now and after each reconnect. One billed command when it is connected. A command
   * that blocks delays it.
   */
  rename(name: string): Promise<void>;
  /** Gives the socket up and connects again: it no longer answers. */
  reset(reason: string, cause?: Error): void;
  /** Ends the connection. A later `ask` makes a new one. */
  close(): Promise<void>;
}

/** A dead peer is noticed by the kernel, which costs no command. */
const KEEP_ALIVE_MS = 30_000;
const RETRY_MIN_MS = 50;
const RETRY_MAX_MS = 500;
/** How often a server that is loading its data is asked whether it is done; ioredis would ask when Redis guesses it is. */
const LOADING_RETRY_MS = 200;
const CLOSE_LIMIT_MS = 1_000;
/** How long a server that accepted the connection may say nothing before it is ready. ioredis sets it no limit. */
const READY_LIMIT_MS = 10_000;

export function createPrivateConnection(
  origin: Origin,
  label: string,
  clock: Clock,
  report: (error: Error) => void,
): PrivateConnection {
  let client: Redis | undefined;
  let name = label;
  let interrupt: ((error: Error) => void) | undefined;
  const readyListeners: (() => void)[] = [];
  let ending: Promise<void> = Promise.resolve();
  /** The socket was given up but has not closed yet; ioredis still calls it ready. */
  let condemned = false;
  let readyLimit: { cancel(): void } | undefined;
  let stopFollowing: () => void = () => undefined;

  const silent = (reason: string, cause?: Error) =>
    new SharedConnectionsError(
      'SHARED_CONNECTIONS_SILENT',
      `The connection "${label}" is replaced: ${reason}`,
      cause && { cause },
    );

  /** From the moment the server accepted the connection. One that loads its data is not silent: it says so. */
  const limitSilence = (made: Redis) => {
    if (made !== client) return;
    const { stream } = made;
    const heardBytes = stream.bytesRead;
    readyLimit = clock.after(READY_LIMIT_MS, () => {
      if (made !== client || made.stream !== stream || made.status !== 'connect') return;
      if (stream.bytesRead > heardBytes) return limitSilence(made);
      report(silent(`not a word for ${READY_LIMIT_MS} ms after it was accepted`));
      stream.destroy();
    });
  };

  /** Tells those who wait that the connection is ready or closed. */
  const announce = () => {
    for (const resolve of readyListeners.splice(0)) resolve();
  };

  const connect = (): Redis => {
    const made = origin.duplicate({
      connectionName: name,
      lazyConnect: true,
      // A BZPOPMIN that is sent a second time after a reconnect pops a marker nobody waits for; one that is
      // queued while there is no connection does the same later. So neither: a broken command is given up,
      // then asked anew.
      autoResendUnfulfilledCommands: false,
      enableOfflineQueue: false,
      enableAutoPipelining: false,
      enableReadyCheck: true,
      maxLoadingRetryTime: LOADING_RETRY_MS,
      // Two billed commands for each connection, of use to nobody.
      disableClientInfo: true,
      // These would cut a command that is meant to block.
      commandTimeout: undefined,
      socketTimeout: undefined,
      blockingTimeout: undefined,
      maxRetriesPerRequest: null,
      // Without limits an attempt to connect could last for good.
      connectTimeout: origin.options.connectTimeout || READY_LIMIT_MS,
      sentinelCommandTimeout: origin.options.sentinelCommandTimeout || READY_LIMIT_MS,
      keepAlive: origin.options.keepAlive || KEEP_ALIVE_MS,
      // Never gives up, whatever the lent client does: the workers would stay deaf for good.
      retryStrategy: (times) => {
        origin.relocate(made);
        return Math.min(RETRY_MIN_MS * 2 ** Math.min(times, 10), RETRY_MAX_MS);
      },
    });
    made.on('error', report);
    made.on('connect', () => limitSilence(made));
    made.on('ready', () => {
      readyLimit?.cancel();
      announce();
    });
    made.on('close', () => {
      if (made !== client) return;
      readyLimit?.cancel();
      condemned = false;
      interrupt?.(new Error('Connection is closed.'));
    });
    const open = async () => {
      await origin.locate(made, () => made === client);
      // The reason comes as an 'error' event too, and ioredis goes on trying.
      if (made === client) made.connect().catch(() => undefined);
    };
    // Some ways to connect give up for good (a list of sentinels does): not so here.
    made.on('end', () => clock.after(RETRY_MAX_MS, () => void open()));
    client = made;
    stopFollowing = origin.onMoved(made, () => {
      leaveServer();
      // It may not confirm the end.
      made.stream?.destroy();
    });
    void open();
    return made;
  };

  /** The server is well, but not the one that serves the keys any more. */
  const leaveServer = () => {
    if (client?.status !== 'ready' || condemned) return;
    condemned = true;
    client.disconnect(true);
  };

  const connection: PrivateConnection = {
    get isOpen() {
      return client !== undefined;
    },

    async ready() {
      const asked = client ?? connect();
      while (client === asked && (asked.status !== 'ready' || condemned)) {
        await new Promise<void>((resolve) => readyListeners.push(resolve));
      }
    },

    async ask<Answer>(send: (client: Redis) => Promise<Answer> | undefined, limitMs: number) {
      await connection.ready();
      // Closed meanwhile.
      if (client?.status !== 'ready') return undefined;
      const sent = send(client);
      if (!sent) return undefined;
      let limit: { cancel(): void } | undefined;
      try {
        return await new Promise<Answer>((resolve, reject) => {
          interrupt = reject;
          limit = clock.after(limitMs, () => connection.reset(`no answer for ${limitMs} ms`));
          sent.then(resolve, reject);
        });
      } catch (error) {
        if (isElsewhere(error)) leaveServer();
        throw error;
      } finally {
        interrupt = undefined;
        limit?.cancel();
      }
    },

    async rename(wanted) {
      if (wanted === name) return;
      name = wanted;
      if (!client) return;
      client.options.connectionName = name;
      // At once if possible: the caller may send a command that blocks next.
      if (client.status !== 'ready') await connection.ready();
      // Some servers know no names.
      if (client?.status === 'ready') await client.client('SETNAME', name).catch(() => undefined);
    },

    reset(reason, cause) {
      if (!client || client.status !== 'ready' || condemned) return;
      condemned = true;
      const error = silent(reason, cause);
      client.disconnect(true);
      // The other side will not confirm the end; ioredis would wait two seconds for that before it connects again.
      client.stream.destroy();
      // Whoever asks passes it on.
      if (interrupt) interrupt(error);
      else report(error);
    },

    close() {
      const ended = client;
      if (!ended) return ending;
      client = undefined;
      condemned = false;
      readyLimit?.cancel();
      stopFollowing();
      interrupt?.(new Error('Connection is closed.'));
      // ioredis emits no 'end' when it is told to end between two attempts to connect.
      announce();
      const isGone = ended.status === 'end' || ended.status === 'reconnecting';
      const gone = isGone ? Promise.resolve() : new Promise<void>((resolve) => ended.once('end', resolve));
      ended.disconnect();
      ending = within(CLOSE_LIMIT_MS, gone, clock);
      return ending;
    },
  };
  return connection;
}

/** Replies of a server that has handed the keys over to another, or does not know who serves them. */
function isElsewhere(error: unknown): boolean {
  return error instanceof Error && /^(MOVED|CLUSTERDOWN|READONLY|MASTERDOWN)\b/.test(error.message);
}
