import { getEventListeners, once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { respRequest } from './resp-request.js';

let server: Server;
let port: number;
let answer: string | undefined;

beforeEach(async () => {
  answer = '+PONG\r\n';
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => {
      if (answer !== undefined) socket.write(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});

afterEach(() => new Promise((resolve) => server.close(resolve)));

const ask = (options: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
  respRequest({ port, commands: [['PING']], timeoutMs: 20_000, ...options });

it('leaves nothing on a signal that many requests share', async () => {
  const { signal } = new AbortController();
  for (let request = 0; request < 3; request++) expect(await ask({ signal })).toEqual(['PONG']);
  // A socket is closed a moment after its last answer.
  while (getEventListeners(signal, 'abort').length > 0) await nextTurn();
});

it('gives up when told to, before and meanwhile', async () => {
  answer = undefined;
  const controller = new AbortController();
  const asking = ask({ signal: controller.signal });
  const reason = new Error('no longer wanted');
  controller.abort(reason);
  await expect(asking).rejects.toBe(reason);
  await expect(ask({ signal: controller.signal })).rejects.toBe(reason);
});

it('gives up when no answer comes in time', async () => {
  answer = undefined;
  await expect(ask({ timeoutMs: 20 })).rejects.toThrow('no answer within 20 ms');
});
