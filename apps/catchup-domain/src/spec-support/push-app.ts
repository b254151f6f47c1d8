import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readPushMessage, type PushMessage } from '@switchyard/catchup-google';

/** The part of the app that pushes come to. */
export interface PushApp<Received> {
  readonly url: string;
  readonly messages: readonly PushMessage[];
  /** What became of each message, in the order in which that was known. */
  readonly received: readonly Received[];
  /** What takes messages from now on; nothing does at first, and all are answered with 200. */
  handle(receive: ((message: PushMessage) => Promise<Received>) | undefined): void;
  stop(): void;
}

export async function startPushApp<Received>(): Promise<PushApp<Received>> {
  const messages: PushMessage[] = [];
  const received: Received[] = [];
  let receive: ((message: PushMessage) => Promise<Received>) | undefined;
  const server = createServer((request, response) => {
    const message = readPushMessage(request.headers);
    messages.push(message);
    const done = receive?.(message).then((outcome) => void received.push(outcome)) ?? Promise.resolve();
    done.then(
      () => response.writeHead(200).end(),
      // Not one that is tried again: the spec is to fail.
      () => response.writeHead(400).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/push`,
    messages,
    received,
    handle: (by) => void (receive = by),
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
