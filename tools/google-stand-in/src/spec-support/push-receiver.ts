import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PushReceiver {
  readonly url: string;
  /** The headers of every message, in the order of arrival. */
  readonly messages: readonly IncomingHttpHeaders[];
  /** The statuses of the next answers; 200 when there is none left. */
  readonly answers: number[];
}

/** Starts apps that take push messages, and stops them after each spec. */
export function usePushReceivers(): () => Promise<PushReceiver> {
  const stops: (() => void)[] = [];
  afterEach(() => {
    for (const stop of stops.splice(0)) stop();
  });
  return async () => {
    const messages: IncomingHttpHeaders[] = [];
    const answers: number[] = [];
    const server = createServer((request, response) => {
      messages.push(request.headers);
      response.writeHead(answers.shift() ?? 200).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stops.push(() => {
      server.close();
      server.closeAllConnections();
    });
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}/push`, messages, answers };
  };
}
