import type { Express } from 'express';
import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders, type Server } from 'node:http';
import type { ListenOptions } from 'node:net';

const servers = new Set<Server>();

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ServedApp {
  readonly server: Server;
  get(path?: string, headers?: Record<string, string>): Promise<Answer>;
}

/** Serves an app, by default on a free port of 127.0.0.1. */
export async function serve(app: Express, listen: ListenOptions = { host: '127.0.0.1' }): Promise<ServedApp> {
  const server = createServer(app);
  servers.add(server);
  server.listen(listen.path === undefined ? { port: 0, ...listen } : listen);
  await once(server, 'listening');
  const address = server.address();
  const where =
    typeof address === 'string' ? { socketPath: address } : { host: '127.0.0.1', port: address?.port };
  return {
    server,
    get: (path = '/', headers = {}) =>
      new Promise((resolve, reject) => {
        request({ ...where, path, headers, agent: false }, (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
          response.once('error', reject);
          response.once('end', () =>
            resolve({ status: response.statusCode!, headers: response.headers, body }),
          );
        })
          .once('error', reject)
          .end();
      }),
  };
}

/** To be called after each test. */
export async function stopServing(): Promise<void> {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  servers.clear();
}
