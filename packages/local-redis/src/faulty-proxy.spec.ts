import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFaultyProxy, type FaultyProxy } from './faulty-proxy.js';

/** The system keeps less than this for a connection; what is sent here is more than it keeps on all ways together. */
const KEPT_BYTES = 16_000_000;
const SENT_BYTES = 2 * KEPT_BYTES;

/** What a peer has noticed so far. */
interface Peer {
  readonly socket: Socket;
  readonly heard: () => string;
  readonly ended: () => boolean;
  readonly closed: () => boolean;
  readonly error: () => string | undefined;
}

let proxy: FaultyProxy;
let server: Server;
let atServer: Peer[];
let clients: Socket[];

function watch(socket: Socket): Peer {
  let heard = '';
  let error: string | undefined;
  socket.on('data', (bytes) => (heard += bytes.toString()));
  socket.on('error', (thrown: NodeJS.ErrnoException) => (error = thrown.code));
  return {
    socket,
    heard: () => heard,
    ended: () => socket.readableEnded,
    closed: () => socket.closed,
    error: () => error,
  };
}

beforeEach(async () => {
  atServer = [];
  clients = [];
  server = createServer({ allowHalfOpen: true }, (socket) => void atServer.push(watch(socket)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await startFaultyProxy({ targetPort: (server.address() as AddressInfo).port });
});

afterEach(async () => {
  await proxy.stop();
  for (const socket of [...clients, ...atServer.map(({ socket: each }) => each)]) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await sleep(5);
  }
}

function dial(): Peer {
  const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
  clients.push(socket);
  return watch(socket);
}

/** A client and the server's end of its connection, once both are known to work. */
async function pair(): Promise<{ client: Peer; far: Peer }> {
  const client = dial();
  const number = atServer.length;
  client.socket.write('hello ');
  await until('the server heard of it', () => atServer[number]?.heard() === 'hello ');
  const far = atServer[number] as Peer;
  far.socket.write('welcome ');
  await until('the client heard of it', () => client.heard() === 'welcome ');
  return { client, far };
}

/** Lets what is on its way arrive: a round trip on another connection that nothing ails. */
async function roundTrip(): Promise<void> {
  const { client } = await pair();
  client.socket.destroy();
}

describe('without a fault', () => {
  it('passes everything on, in order, more than sockets buffer as well', async () => {
    const { client, far } = await pair();
    const text = Array.from({ length: 300_000 }, (_, n) => `line ${n}\n`).join('');
    client.socket.write(text);
    far.socket.write(text);
    await until('the server has it all', () => far.heard().length === 'hello '.length + text.length);
    await until('the client has it all', () => client.heard().length === 'welcome '.length + text.length);
    expect(far.heard()).toBe(`hello ${text}`);
    expect(client.heard()).toBe(`welcome ${text}`);
  });

  it('passes an end on and leaves the other way open', async () => {
    const { client, far } = await pair();
    client.socket.end('bye');
    await until('the server hears of the end', () => far.ended());
    far.socket.end('see you');
    await until('the client hears of the end', () => client.ended());
    expect(client.heard()).toBe('welcome see you');
    await until('it is forgotten', () => proxy.connections.length === 0);
  });

  it('passes a reset on', async () => {
    const { client, far } = await pair();
    client.socket.resetAndDestroy();
    await until('the server is told', () => far.error() === 'ECONNRESET');
    await until('it is forgotten', () => proxy.connections.length === 0);
  });

  it('counts connections and tells the address that the server sees', async () => {
    const first = await pair();
    const second = await pair();
    expect(proxy.accepted).toBe(2);
    expect(proxy.connections.map(({ id }) => id)).toEqual([1, 2]);
    expect(proxy.connections.map(({ address }) => address)).toEqual(
      [first, second].map(({ far }) => `127.0.0.1:${far.socket.remotePort}`),
    );
    first.client.socket.destroy();
    first.far.socket.end();
    await until('the first is forgotten', () => proxy.connections.length === 1);
    expect(proxy.accepted).toBe(2);
  });

  it('resets who comes while the server is not there', async () => {
    await new Promise((resolve) => server.close(resolve));
    const client = dial();
    await until('the client is told', () => client.error() === 'ECONNRESET');
  });
});

describe('faults', () => {
  it('a reset hits both sides', async () => {
    const { client, far } = await pair();
    proxy.reset();
    await until('both are told', () => client.error() === 'ECONNRESET' && far.error() === 'ECONNRESET');
    await until('it is forgotten', () => proxy.connections.length === 0);
  });

  it('a cut comes after what was passed on, however slowly that is read', async () => {
    const { client, far } = await pair();
    let gotBytes = 0;
    client.socket.on('data', ({ length }) => (gotBytes += length)).pause();
    proxy.stall();
    far.socket.write(Buffer.alloc(SENT_BYTES));
    // Then all that the system does not keep has been accepted and is held.
    await until('it is taken', () => far.socket.writableLength === 0);
    proxy.resume();
    proxy.cut();
    client.socket.resume();
    await until('it is closed', () => client.ended());
    expect(gotBytes).toBeGreaterThan(SENT_BYTES - KEPT_BYTES);
    expect(client.error()).toBeUndefined();
  });

  it('a cut ends both sides without an error', async () => {
    const { client, far } = await pair();
    proxy.cut();
    await until('both are told', () => client.ended() && far.ended());
    expect([client.error(), far.error()]).toEqual([undefined, undefined]);
  });

  it('half-closed to the client, its side goes on to speak', async () => {
    const { client, far } = await pair();
    proxy.halfClose('to-client');
    await until('the client is told', () => client.ended());
    client.socket.write('still here');
    await until('the server hears it', () => far.heard() === 'hello still here');
    expect([far.ended(), client.closed()]).toEqual([false, false]);
  });

  it('half-closed to the server, its side goes on to speak', async () => {
    const { client, far } = await pair();
    proxy.halfClose('to-server');
    await until('the server is told', () => far.ended());
    far.socket.write('still here');
    await until('the client hears it', () => client.heard() === 'welcome still here');
    expect([client.ended(), far.closed()]).toEqual([false, false]);
  });

  it('stalled, both sides speak in vain and neither is told; resumed, nothing is missing', async () => {
    const { client, far } = await pair();
    proxy.stall();
    expect(proxy.connections[0]?.isStalled).toBe(true);
    const much = 'x'.repeat(8_000_000);
    client.socket.write(much);
    far.socket.write(much);
    await until('all of it is accepted', () => [client, far].every((one) => one.socket.writableLength === 0));
    await roundTrip();
    expect([client.heard(), far.heard()]).toEqual(['welcome ', 'hello ']);
    expect([client.ended(), far.ended()]).toEqual([false, false]);
    proxy.resume();
    await until('the server has it', () => far.heard() === `hello ${much}`);
    await until('the client has it', () => client.heard() === `welcome ${much}`);
  });

  it('stalled one way, the other way goes on', async () => {
    const { client, far } = await pair();
    proxy.stall('to-client');
    client.socket.write('question');
    await until('the server hears it', () => far.heard() === 'hello question');
    far.socket.write('answer');
    await roundTrip();
    expect(client.heard()).toBe('welcome ');
    proxy.resume();
    await until('the client hears it', () => client.heard() === 'welcome answer');
  });

  it('stalled, one side closes and the other learns it only afterwards', async () => {
    const { client, far } = await pair();
    proxy.stall();
    client.socket.end('last words');
    await roundTrip();
    expect([far.heard(), far.ended()]).toEqual(['hello ', false]);
    proxy.resume();
    await until('the server is told', () => far.ended());
    expect(far.heard()).toBe('hello last words');
  });

  it('stalled, one side resets and the other learns it only afterwards', async () => {
    const { client, far } = await pair();
    proxy.stall();
    client.socket.resetAndDestroy();
    await roundTrip();
    expect(far.error()).toBeUndefined();
    proxy.resume();
    await until('the server is told', () => far.error() === 'ECONNRESET');
  });

  it('hit the one connection they are meant for', async () => {
    const [first, second] = [await pair(), await pair()];
    proxy.connections[0]?.reset();
    await until('the first is told', () => first.client.error() === 'ECONNRESET');
    second.client.socket.write('me?');
    await until('the second goes on', () => second.far.heard() === 'hello me?');
    expect(second.client.error()).toBeUndefined();
  });
});

describe('new connections', () => {
  it('are refused, and counted, until they are let in again', async () => {
    const { client: old, far } = await pair();
    proxy.treatNew('refuse');
    const refused = dial();
    await until('it is told', () => refused.error() === 'ECONNRESET');
    expect([proxy.accepted, proxy.refused, atServer.length]).toEqual([1, 1, 1]);
    old.socket.write('and I?');
    await until('old ones go on', () => far.heard() === 'hello and I?');
    proxy.resume();
    await pair();
    expect(proxy.accepted).toBe(2);
  });

  it('are accepted and hear nothing until they are let in', async () => {
    await pair();
    proxy.treatNew('stall');
    const silent = dial();
    silent.socket.write('anybody?');
    await until('it is accepted', () => proxy.accepted === 2);
    proxy.treatNew('pass');
    await roundTrip();
    expect(atServer.map((peer) => peer.heard())).not.toContain('anybody?');
    proxy.resume();
    await until('the server hears it', () => atServer.some((peer) => peer.heard() === 'anybody?'));
  });
});

describe('stop', () => {
  it('cuts what is open and gives the port up, however often it is called', async () => {
    const { client, far } = await pair();
    await Promise.all([proxy.stop(), proxy.stop()]);
    await proxy.stop();
    await until('both are told', () => client.ended() && far.ended());
    const late = dial();
    await until('nobody listens', () => late.error() === 'ECONNREFUSED');
  });
});
