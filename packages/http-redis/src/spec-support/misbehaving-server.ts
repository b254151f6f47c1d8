import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface ReceivedRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  /** Of a lone command, one. */
  readonly commands: readonly (readonly string[])[];
}

/** What it does with a request. */
export type Behaviour = (response: ServerResponse, request: ReceivedRequest) => void;

export interface MisbehavingServer {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** What it does with the next requests, one each; after them it behaves. */
  next(...behaviours: Behaviour[]): void;
  /** What it does from now on when nothing else was said. */
  always(behaviour: Behaviour): void;
  /** Resolves when so many requests have arrived. */
  received(count: number): Promise<void>;
  readonly connections: number;
  /** Resolves when nobody is connected. */
  deserted(): Promise<void>;
  /** Connections are cut. */
  stop(): Promise<void>;
}

/** An HTTP server that speaks the REST protocol to nobody's Redis, as well or as badly as it is told. */
export async function startMisbehavingServer(port = 0): Promise<MisbehavingServer> {
  const requests: ReceivedRequest[] = [];
  const script: Behaviour[] = [];
  let usual: Behaviour = behaves;
  const sockets = new Set<Socket>();
  const arrivals = new Set<() => void>();

  const server = createServer((incoming, response) => {
    void read(incoming).then((request) => {
      requests.push(request);
      (script.shift() ?? usual)(response, request);
      for (const tell of arrivals) tell();
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      server.emit('left');
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    next: (...behaviours) => void script.push(...behaviours),
    always(behaviour) {
      usual = behaviour;
    },
    received: (count) =>
      new Promise((resolve) => {
        const tell = () => {
          if (requests.length < count) return;
          arrivals.delete(tell);
          resolve();
        };
        arrivals.add(tell);
        tell();
      }),
    get connections() {
      return sockets.size;
    },
    async deserted() {
      while (sockets.size > 0) await once(server, 'left');
    },
    async stop() {
      if (!server.listening) return;
      server.close();
      for (const socket of sockets) socket.resetAndDestroy();
      await once(server, 'close');
    },
  };
}

/** Answers SET with OK and every other command with its first argument. */
export const behaves: Behaviour = (response, { path, commands }) => {
  const answers = commands.map(([name, first]) => ({ result: name === 'SET' ? 'OK' : (first ?? 'PONG') }));
  json(200, path === '/' ? answers[0] : answers)(response);
};

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

export const html = (status: number) => (response: ServerResponse) => {
  response
    .writeHead(status, { 'content-type': 'text/html' })
    .end('<html><h1>Welcome to hotel Wi-Fi</h1></html>');
};

/** Headers that promise more than comes, and the end of the connection in good order. */
export const cutsShort: Behaviour = (response) => {
  response.writeHead(200, { 'content-length': 100 });
  response.write('{"result":"hal', () => response.socket?.destroySoon());
};

/** As cut short, but the length was not told. */
export const endsEarly: Behaviour = (response) => response.end('{"result":"hal');

/** Answers wait until they are let go, one by one or all of them. */
export function holding(): { readonly behaviour: Behaviour; letGo(at?: number): void } {
  const held: (() => void)[] = [];
  return {
    behaviour: (response, request) => void held.push(() => behaves(response, request)),
    letGo(at) {
      for (const answer of at === undefined ? held.splice(0) : held.splice(at, 1)) answer();
    },
  };
}

export const hangs: Behaviour = () => {};

export const hangsAfterHeaders: Behaviour = (response) => {
  response.writeHead(200, { 'content-length': 100 });
  response.write('{');
};

export const resets: Behaviour = (response) => void response.socket?.resetAndDestroy();

export const resetsMidway: Behaviour = (response) => {
  response.writeHead(200, { 'content-length': 100 });
  response.write('{"result":', () => response.socket?.resetAndDestroy());
};

async function read(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString()) as string[] | string[][];
  const path = incoming.url ?? '';
  const commands = (path === '/' ? [body] : body) as string[][];
  return { path, authorization: incoming.headers.authorization, commands };
}
