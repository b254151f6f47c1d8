import { connect } from 'node:net';

export interface RespRequest {
  readonly port: number;
  /** Sent in this order on one connection, one after another's answer is not awaited. */
  readonly commands: readonly (readonly string[])[];
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Sends commands over a connection of its own and answers with one string each; an error reply comes back as its
 * text with the leading `-`. Understands simple strings, errors, integers and bulk strings: what a readiness
 * check needs.
 */
export function respRequest({ port, commands, timeoutMs, signal }: RespRequest): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, signal });
    let received = Buffer.alloc(0);
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(timeoutMs, () => fail(new Error(`no answer within ${timeoutMs} ms`)));
    socket.once('error', fail);
    socket.once('close', () => reject(new Error('the server closed the connection')));
    socket.once('connect', () => socket.write(commands.map(encode).join('')));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const replies = decode(received);
      if (replies.length < commands.length) return;
      socket.destroy();
      resolve(replies);
    });
  });
}

function encode(command: readonly string[]): string {
  const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
  return `*${command.length}\r\n${parts.join('')}`;
}

function decode(received: Buffer): string[] {
  const replies: string[] = [];
  let at = 0;
  for (;;) {
    const end = received.indexOf('\r\n', at);
    if (end < 0) return replies;
    const line = received.toString('utf8', at, end);
    at = end + 2;
    if (!line.startsWith('$')) {
      replies.push(line.startsWith('-') ? line : line.slice(1));
      continue;
    }
    const length = Math.max(Number(line.slice(1)), 0);
    if (received.length < at + length + 2) return replies;
    replies.push(received.toString('utf8', at, at + length));
    at += length + 2;
  }
}
