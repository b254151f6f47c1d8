import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { encodeCommand, type RespCommand } from '../resp-command.js';
import { RedisGoneError } from './errors.js';
import type { RedisAddress } from './redis-address.js';
import { createReplyFrames } from './reply-frames.js';
import { errorOf } from './reply-json.js';

export interface RedisLinkOptions {
  readonly address: RedisAddress;
  /** PEM, for `rediss://` with a certificate that the system does not trust. */
  readonly ca?: string;
  /** How long connecting may be silent. */
  readonly readyTimeoutMs: number;
  /** Once it is logged in and Redis serves (it does not while it loads its data). */
  readonly onReady: () => void;
  /** A reply to what was sent; its bytes are good until this returns. */
  readonly onReply: (reply: Buffer) => void;
  /** Called once, whoever ended it. */
  readonly onGone: (error: RedisGoneError) => void;
}

/** One connection to Redis, logged in, in the right database. Once it is ready it does not keep the process from ending. */
export interface RedisLink {
  write(encoded: string | Buffer): void;
  pause(): void;
  resume(): void;
  destroy(reason?: string): void;
}

/** What `CLIENT LIST` shows it as. */
const CONNECTION_NAME = 'switchyard-rest';
const KEEP_ALIVE_MS = 10_000;
const ANY = /^/;
const NONE = /(?!)/;

export function openRedisLink(options: RedisLinkOptions): RedisLink {
  const { address, ca, readyTimeoutMs, onReady, onReply, onGone } = options;
  const { host, port, isSecure } = address;
  const to = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
  const socket: Socket = isSecure ? connectSecurely({ ...to, ca }) : connect(to);
  const greetings = greeting(address);
  let greeted = 0;
  let failure: Error | undefined;
  let refused: string | undefined;
  const fail = (error: Error) => {
    failure ??= error;
    socket.destroy();
  };

  const frames = createReplyFrames((reply) => {
    if (socket.destroyed) return;
    if (greeted === greetings.length) return onReply(reply);
    const error = errorOf(reply);
    refused = error ?? refused;
    if (error && greetings[greeted]?.stopsAt.test(error)) return fail(new Error(error));
    greeted += 1;
    if (greeted < greetings.length) return;
    socket.setTimeout(0);
    socket.unref();
    onReady();
  });

  socket.setTimeout(readyTimeoutMs, () => fail(new Error(`not ready within ${readyTimeoutMs} ms`)));
  socket.on('error', fail);
  socket.once(isSecure ? 'secureConnect' : 'connect', () => {
    // In one piece: a Redis that has too many clients says so and closes, and a second write would fail before that is read.
    socket.write(greetings.map(({ command }) => encodeCommand(command)).join(''));
  });
  socket.on('data', (chunk: Buffer) => {
    try {
      frames.push(chunk);
    } catch (error) {
      fail(error as Error);
    }
  });
  socket.once('close', () => {
    const atGreeting = greeted < greetings.length ? refused : undefined;
    const reason = atGreeting ?? reasonOf(failure) ?? 'it closed the connection';
    onGone(new RedisGoneError(reason, { cause: failure }));
  });

  return {
    write: (encoded) => void socket.write(encoded),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    destroy: (reason = 'the connection was given up') => fail(new Error(reason)),
  };
}

/** Where a name has several addresses, an error for each of them comes in one that says nothing. */
function reasonOf(failure: Error | undefined): string | undefined {
  const first = failure instanceof AggregateError ? (failure.errors[0] as Error) : failure;
  return first?.message;
}

/**
 * What opens a connection, and the errors that end it. HELLO, which Redis before 6 does not know, only names the
 * connection. PING is to see whether Redis serves: one that may not be asked it does, and so does one whose disk is full.
 */
function greeting({ username, password, database }: RedisAddress): {
  command: RespCommand;
  stopsAt: RegExp;
}[] {
  const login = username === undefined ? [password ?? ''] : [username, password ?? ''];
  return [
    ...((username ?? password) ? [{ command: ['AUTH', ...login], stopsAt: ANY }] : []),
    ...(database > 0 ? [{ command: ['SELECT', String(database)], stopsAt: ANY }] : []),
    { command: ['HELLO', '2', 'SETNAME', CONNECTION_NAME], stopsAt: NONE },
    { command: ['PING'], stopsAt: /^(LOADING|NOAUTH)/ },
  ];
}
