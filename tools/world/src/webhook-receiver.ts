import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PushMessageError, readPushMessage, type PushMessage } from '@switchyard/catchup-google';
import { ConnectError, type ReceivedPush } from '@switchyard/catchup-domain';

/** What the receiver hands on to. */
export interface WebhookHandlers {
  /** @returns where in the app to send the user */
  signedIn(parameters: URLSearchParams, userId: string): Promise<string>;
  pushed(message: PushMessage): Promise<ReceivedPush>;
}

/** The part of the app that Google reaches: the OAuth callback and the pushes. */
export interface WebhookReceiver {
  readonly redirectUrl: string;
  readonly pushUrl: string;
  /** What became of each push, in the order in which that was known. */
  readonly received: readonly ReceivedPush[];
  handle(handlers: WebhookHandlers): void;
  stop(): Promise<void>;
}

const CALLBACK = '/oauth/callback';
const PUSH = '/webhooks/calendar';

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedPush[] = [];
  let handlers: WebhookHandlers | undefined;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://receiver');
    if (!handlers) return void response.writeHead(503).end();
    if (request.method === 'GET' && url.pathname === CALLBACK) {
      const returnTo = await handlers.signedIn(url.searchParams, sessionOf(request));
      response.writeHead(302, { location: returnTo }).end();
    } else if (request.method === 'POST' && url.pathname === PUSH) {
      received.push(await handlers.pushed(readPushMessage(request.headers)));
      response.writeHead(200).end();
    } else response.writeHead(404).end();
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // Neither is worth another try; what is unexpected is.
      if (error instanceof ConnectError) response.writeHead(400).end(error.problem);
      else response.writeHead(error instanceof PushMessageError ? 400 : 500).end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    redirectUrl: `${url}${CALLBACK}`,
    pushUrl: `${url}${PUSH}`,
    received,
    handle: (by) => void (handlers = by),
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Whose browser it is. A session of a real app would be signed. */
const sessionOf = ({ headers }: IncomingMessage): string =>
  /(?:^|; )session=([^;]*)/.exec(headers.cookie ?? '')?.[1] ?? '';
