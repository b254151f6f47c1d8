import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { createPatience } from './patience.js';

const LIMIT_MS = 50;

/** Answers each byte from a thread of its own, and raises the flag once the answer is on its way. */
const ANSWERING = `
const { createServer } = require('node:net');
const { parentPort, workerData } = require('node:worker_threads');
const server = createServer((socket) => {
  socket.on('error', () => undefined).on('data', () => {
    socket.write('!', () => {
      Atomics.store(workerData, 0, 1);
      Atomics.notify(workerData, 0);
    });
  });
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

const connection = Object.assign(new EventEmitter(), { status: 'ready' }) as unknown as Parameters<
  typeof createPatience
>[1];
const patience = createPatience('bullmq', connection, LIMIT_MS);

function block(untilMs: number): void {
  while (performance.now() < untilMs);
}

test('an answer that came while this process was busy is none too late', async () => {
  const isAnswered = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(ANSWERING, { eval: true, workerData: isAnswered });
  let socket: Socket | undefined;
  try {
    const [port] = (await once(thread, 'message')) as [number];
    socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const asking = patience.run(async () => {
      socket?.write('?');
      const [answer] = (await once(socket as Socket, 'data')) as [Buffer];
      return answer.toString();
    });
    Atomics.wait(isAnswered, 0, 0);
    block(performance.now() + 2 * LIMIT_MS);
    expect(await asking).toBe('!');
  } finally {
    socket?.destroy();
    await thread.terminate();
  }
});

test('without an answer it gives up at its limit', async () => {
  const startedAtMs = performance.now();
  await expect(patience.run(() => new Promise(() => undefined))).rejects.toMatchObject({
    code: 'SWITCHYARD_ENGINE_UNAVAILABLE',
    message: expect.stringContaining(`no answer within ${LIMIT_MS} ms`),
  });
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(LIMIT_MS - 1);
});
