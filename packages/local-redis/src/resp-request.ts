import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { encodeCommand } from './resp-command.js';

export interface RespRequest {
  readonly port: number;
  /** Sent in this order on one connection, one after another's answer is not awaited. */
  readonly commands: readonly (readonly string[])[];
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** The certificate to trust, PEM; makes the connection a TLS one. */
  readonly ca?: string;
  /** How text becomes bytes, both ways: `latin1` takes any bytes. Default `utf8`. */
  readonly encoding?: 'utf8' | 'latin1';
}

/** An error reply is its text with the leading `-`, an integer its digits. */
export type RespReply = string | readonly RespReply[];

/**
 * Sends commands over a connection of its own and answers with one reply each. Understands RESP2: what a readiness
 * check, or putting a cluster together, needs.
 */
export function respRequest(request: RespRequest): Promise<RespReply[]> {
  const { port, commands, timeoutMs, signal, ca, encoding = 'utf8' } = request;
  return new Promise((resolve, reject) => {
    const to = { host: '127.0.0.1', port };
    const socket: Socket = ca === undefined ? connect(to) : connectSecurely({ ...to, ca });
    let received = Buffer.alloc(0);
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(timeoutMs, () => fail(new Error(`no answer within ${timeoutMs} ms`)));
    socket.once('error', fail);
    // Not left to the socket, which would keep its listener on a signal that many requests share.
    const onAbort = () => fail(signal?.reason as Error);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort);
    socket.once('close', () => {
      signal?.removeEventListener('abort', onAbort);
      reject(new Error('the server closed the connection'));
    });
    socket.once(ca === undefined ? 'connect' : 'secureConnect', () =>
      socket.write(commands.map((command) => encodeCommand(command, encoding)).join(''), encoding),
    );
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const replies = decodeAll(received, encoding);
      if (replies.length < commands.length) return;
      socket.destroy();
      resolve(replies);
    });
  });
}

function decodeAll(received: Buffer, encoding: BufferEncoding): RespReply[] {
  const replies: RespReply[] = [];
  for (let at = 0; ;) {
    const read = decode(received, at, encoding);
    if (!read) return replies;
    replies.push(read.reply);
    at = read.end;
  }
}

/** One reply that begins at `at`, and where it ends; nothing when its end has not arrived yet. */
function decode(
  received: Buffer,
  at: number,
  encoding: BufferEncoding,
): { reply: RespReply; end: number } | undefined {
  const lineEnd = received.indexOf('\r\n', at);
  if (lineEnd < 0) return undefined;
  const line = received.toString(encoding, at, lineEnd);
  let end = lineEnd + 2;
  const length = Math.max(Number(line.slice(1)), 0);
  if (line.startsWith('$')) {
    if (line === '$-1') return { reply: '', end };
    if (received.length < end + length + 2) return undefined;
    return { reply: received.toString(encoding, end, end + length), end: end + length + 2 };
  }
  if (line.startsWith('*')) {
    const reply: RespReply[] = [];
    while (reply.length < length) {
      const item = decode(received, end, encoding);
      if (!item) return undefined;
      reply.push(item.reply);
      end = item.end;
    }
    return { reply, end };
  }
  return { reply: line.startsWith('-') ? line : line.slice(1), end };
}
