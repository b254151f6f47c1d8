import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { openRedisConnection, type RedisConnection } from './redis-connection.js';

let server: Server;
let accepted: Socket;
let connection: RedisConnection;
/** What the server does once the connection is open. */
let onChunk: (socket: Socket, chunk: Buffer) => void;

beforeEach(async () => {
  server = createServer((socket) => {
    accepted = socket;
    socket.once('data', () => {
      socket.write('+OK\r\n+PONG\r\n');
      socket.on('data', (chunk) => onChunk(socket, chunk));
    });
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  connection = openRedisConnection({
    address: { host: '127.0.0.1', port, isSecure: false, database: 0 },
    readyTimeoutMs: 30_000,
    replyTimeoutMs: 30_000,
  });
  await connection.attempted;
});

afterEach(async () => {
  connection.close();
  // One that does not read does not see the end either.
  accepted.destroy();
  server.close();
  await once(server, 'close');
});

it('takes more at once than fits into one string', async () => {
  onChunk = (socket) => socket.pause();
  const value = 'x'.repeat(10_000_000);
  const asked = Array.from({ length: 60 }, () => connection.send([['ECHO', value]], () => undefined));
  const ends = Promise.allSettled(asked);
  // The write comes behind what this turn has brought.
  await new Promise(setImmediate);
  connection.close();
  for (const end of await ends)
    expect(end).toMatchObject({ reason: { message: 'the endpoint is stopping' } });
});

it('gives the replies to whom they belong when somebody sends what is no command', async () => {
  onChunk = (socket, chunk) => socket.write(':7\r\n'.repeat(chunk.toString().split('INCR').length - 1));
  await expect(connection.send([['INCR', 'a'], [null as never]], () => undefined)).rejects.toThrow(TypeError);
  const replies: string[] = [];
  await connection.send([['INCR', 'b']], (reply) => replies.push(reply.toString()));
  expect(replies).toEqual([':7\r\n']);
});

it('keeps going when one who asked cannot read the reply', async () => {
  onChunk = (socket) => socket.write(':1\r\n:2\r\n:3\r\n');
  const read: number[] = [];
  const asked = [
    connection.send(
      [
        ['INCR', 'a'],
        ['INCR', 'a'],
      ],
      () => {
        throw new RangeError('too much');
      },
    ),
    connection.send([['INCR', 'a']], (reply) => read.push(reply[1] as number)),
  ];
  await expect(Promise.allSettled(asked)).resolves.toMatchObject([
    { status: 'rejected', reason: { message: 'too much' } },
    { status: 'fulfilled' },
  ]);
  expect(read).toEqual(['3'.charCodeAt(0)]);
});
