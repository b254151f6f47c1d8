import { encodeCommand, type RespCommand } from '../resp-command.js';
import { RedisGoneError } from './errors.js';
import type { RedisAddress } from './redis-address.js';
import { openRedisLink, type RedisLink } from './redis-link.js';

export interface RedisConnectionOptions {
  readonly address: RedisAddress;
  readonly ca?: string;
  readonly readyTimeoutMs: number;
  /** When a reply is due and nothing arrives for this long (and at most twice as long), the connection is given up. */
  readonly replyTimeoutMs: number;
  /** Called when Redis is there, and with the reason when it is not; not again for the same reason. */
  readonly onChange?: (error: RedisGoneError | undefined) => void;
}

/** The connection that ordinary commands share. It comes back by itself. */
export interface RedisConnection {
  /** Settles with the first attempt to connect, whether it succeeds or not. */
  readonly attempted: Promise<void>;
  /**
   * Sends commands in one piece: nothing of other callers comes between them. `onReply` gets one reply for each, in
   * order; its bytes are good until it returns. What it throws rejects this promise when the last reply is there.
   *
   * @throws {RedisGoneError} when Redis is not there, or is lost before the last reply
   */
  send(commands: readonly RespCommand[], onReply: (reply: Buffer) => void): Promise<void>;
  /** Refuses what follows and what is under way. */
  close(): void;
}

interface Pending {
  /** Replies that are still to come. */
  due: number;
  /** What `onReply` threw; it gets no more then. */
  failure?: unknown;
  readonly onReply: (reply: Buffer) => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 1_000;
/** For little, one write is the fastest; much may be more than fits into one string. */
const MAX_JOINED_CHARACTERS = 1_000_000;

export function openRedisConnection(options: RedisConnectionOptions): RedisConnection {
  const { address, ca, readyTimeoutMs, replyTimeoutMs, onChange } = options;
  let link: RedisLink | undefined;
  let isReady = false;
  let isClosed = false;
  let lastError = new RedisGoneError('not connected yet');
  let pauseMs = FIRST_PAUSE_MS;
  let retry: NodeJS.Timeout | undefined;
  let pending: Pending[] = [];
  let answered = 0;
  let outgoing: (string | Buffer)[] = [];
  let isFlushing = false;
  let told: string | undefined = '';
  let settleAttempt: () => void = () => undefined;
  const attempted = new Promise<void>((resolve) => (settleAttempt = resolve));

  const tell = (error: RedisGoneError | undefined) => {
    if (error?.message === told) return;
    told = error?.message;
    onChange?.(error);
  };

  const flush = () => {
    isFlushing = false;
    if (!link || !isReady || outgoing.length === 0) return;
    const parts = outgoing;
    outgoing = [];
    let characters = 0;
    for (const part of parts) characters += typeof part === 'string' ? part.length : Infinity;
    if (characters <= MAX_JOINED_CHARACTERS) return link.write(parts.join(''));
    for (const part of parts) link.write(part);
  };

  const receive = (reply: Buffer) => {
    isSilent = false;
    const first = pending[answered];
    if (!first) return link?.destroy('it replied without being asked');
    give(first, reply);
    first.due -= 1;
    if (first.due > 0) return;
    answered += 1;
    // Moved up now and then: taking the first off each time would move all of them.
    if (answered === pending.length || answered === 1024) {
      pending = pending.slice(answered);
      answered = 0;
    }
    if (first.failure === undefined) first.resolve();
    else first.reject(first.failure);
  };

  const lose = (error: RedisGoneError) => {
    const lost = pending.slice(answered);
    link = undefined;
    isReady = false;
    pending = [];
    answered = 0;
    outgoing = [];
    lastError = error;
    for (const { reject } of lost) reject(error);
    settleAttempt();
    if (isClosed) return;
    tell(error);
    retry = setTimeout(connect, pauseMs).unref();
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  };

  const connect = () => {
    link = openRedisLink({
      address,
      ca,
      readyTimeoutMs,
      onReady: () => {
        isReady = true;
        pauseMs = FIRST_PAUSE_MS;
        flush();
        settleAttempt();
        tell(undefined);
      },
      onReply: receive,
      onGone: lose,
    });
  };

  let isSilent = false;
  let oldest: Pending | undefined;
  const watch = setInterval(() => {
    const first = pending[answered];
    if (first && first === oldest && isSilent && isReady)
      link?.destroy(`no reply within ${replyTimeoutMs} ms`);
    oldest = first;
    isSilent = true;
  }, replyTimeoutMs).unref();

  connect();
  return {
    attempted,
    send(commands, onReply) {
      if (!link || isClosed) return Promise.reject(lastError);
      return new Promise((resolve, reject) => {
        // All of it first: whoever is pending gets the next reply.
        const encoded = commands.map((command) => encodeCommand(command));
        pending.push({ due: commands.length, onReply, resolve, reject });
        for (const part of encoded) outgoing.push(part);
        if (isFlushing) return;
        isFlushing = true;
        // After all that arrived in this turn of the event loop: one write for many requests.
        setImmediate(flush);
      });
    },
    close() {
      isClosed = true;
      lastError = new RedisGoneError('the endpoint is stopping');
      clearTimeout(retry);
      clearInterval(watch);
      link?.destroy(lastError.message);
    },
  };
}

/** What somebody cannot read, such as one nested too deeply, is no trouble of those who share the connection. */
function give(to: Pending, reply: Buffer): void {
  if (to.failure !== undefined) return;
  try {
    to.onReply(reply);
  } catch (error) {
    to.failure = error;
  }
}
