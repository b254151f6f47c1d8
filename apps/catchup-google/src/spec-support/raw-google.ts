import { jest } from '@jest/globals';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createGoogle, type Google, type GoogleOptions } from '../index.js';

// A busy machine takes its time to start servers; what hangs ends all the same.
jest.setTimeout(60_000);

/** A client before a server that answers with whatever bytes a spec wants. */
export interface RawGoogle {
  readonly google: Google;
  /** Connections so far. */
  readonly connections: () => number;
  readonly requests: readonly { readonly path: string; readonly authorization: string | undefined }[];
  stop(): Promise<void>;
}

export async function startRawGoogle(
  answer: (response: ServerResponse, request: IncomingMessage, number: number) => void,
  options: Partial<GoogleOptions> = {},
): Promise<RawGoogle> {
  const requests: { path: string; authorization: string | undefined }[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', authorization: request.headers.authorization });
    request.resume();
    answer(response, request, requests.length);
  });
  server.on('connection', (socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const google = createGoogle({
    settings: {
      clientId: 'id',
      clientSecret: 'GOCSPX-raw-secret',
      redirectUrl: 'http://127.0.0.1/oauth/callback',
      apiUrl: `http://127.0.0.1:${port}`,
    },
    tokens: { accessToken: async (_account, { rejected } = {}) => (rejected ? 'ya29.fresh' : 'ya29.first') },
    random: () => 0.5,
    sleep: async () => undefined,
    ...options,
  });
  return {
    google,
    connections: () => connections,
    requests,
    async stop() {
      google.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const sendJson = (response: ServerResponse, value: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
};
