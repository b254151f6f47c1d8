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
  cork(): void;
  uncork(): void;
  pause(): void;
  resume(): void;
  destroy(reason?: string): void;
}

/** What `CLIENT LIST` shows it as. */
const CONNECTION_NAME = 'switchyard-rest';
const READY_TIMEOUT_MS = 5_000;
const KEEP_ALIVE_MS = 10_000;

export function openRedisLink(options: RedisLinkOptions): RedisLink {
  const { address, ca, onReady, onReply, onGone } = options;
  const { host, port, isSecure } = address;
  const to = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
  const socket: Socket = isSecure ? connectSecurely({ ...to, ca }) : connect(to);
  const greetings = greeting(address);
  let greeted = 0;
  let failure: Error | undefined;
  const fail = (error: Error) => {
    failure ??= error;
    socket.destroy();
  };

  const frames = createReplyFrames((reply) => {
    if (greeted === greetings.length) return onReply(reply);
    const error = errorOf(reply);
    if (error && greetings[greeted]?.isNeeded) return fail(new Error(error));
    greeted += 1;
    if (greeted < greetings.length || socket.destroyed) return;
    socket.setTimeout(0);
    socket.unref();
    onReady();
  });

  socket.setTimeout(READY_TIMEOUT_MS, () => fail(new Error(`not ready within ${READY_TIMEOUT_MS} ms`)));
  socket.once('error', fail);
  socket.once(isSecure ? 'secureConnect' : 'connect', () => {
    for (const { command } of greetings) socket.write(encodeCommand(command));
  });
  socket.on('data', (chunk: Buffer) => {
    try {
      frames.push(chunk);
    } catch (error) {
      fail(error as Error);
    }
  });
  socket.once('close', () => {
    const reason = failure?.message || 'it closed the connection';
    onGone(new RedisGoneError(reason, { cause: failure }));
  });

  return {
    write: (encoded) => void socket.write(encoded),
    cork: () => socket.cork(),
    uncork: () => socket.uncork(),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    destroy: (reason = 'the connection was given up') => fail(new Error(reason)),
  };
}

/** What opens a connection. A Redis before 6 knows no HELLO, which only names the connection. */
function greeting({ username, password, database }: RedisAddress): {
  command: RespCommand;
  isNeeded: boolean;
}[] {
  const login = username === undefined ? [password ?? ''] : [username, password ?? ''];
  return [
    ...((username ?? password) ? [{ command: ['AUTH', ...login], isNeeded: true }] : []),
    ...(database > 0 ? [{ command: ['SELECT', String(database)], isNeeded: true }] : []),
    { command: ['HELLO', '2', 'SETNAME', CONNECTION_NAME], isNeeded: false },
    { command: ['PING'], isNeeded: true },
  ];
}
