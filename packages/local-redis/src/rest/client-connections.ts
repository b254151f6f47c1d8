import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The connections that clients hold to a server. */
export interface ClientConnections {
  /** Closes each as soon as it waits for no answer, and keeps the process until the last one is gone. */
  endWhenAnswered(): void;
  /** Breaks all of them off, as a crash would. */
  reset(): void;
}

/**
 * Node's own `closeIdleConnections` leaves out those that have not asked anything yet, which clients open in advance.
 *
 * @param isRef whether open connections keep the process from ending
 */
export function trackClients(server: Server, { isRef }: { readonly isRef: boolean }): ClientConnections {
  const sockets = new Set<Socket>();
  const unanswered = new Set<ServerResponse>();
  let isEnding = false;

  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (!isRef) socket.unref();
  });
  server.on('request', ({ socket }, response) => {
    unanswered.add(response);
    if (isEnding) response.setHeader('connection', 'close');
    response.once('close', () => {
      unanswered.delete(response);
      if (isEnding) socket.destroySoon();
    });
  });

  return {
    endWhenAnswered() {
      isEnding = true;
      const waiting = new Set([...unanswered].map(({ req }) => req.socket));
      for (const response of unanswered) {
        if (!response.headersSent) response.setHeader('connection', 'close');
      }
      for (const socket of sockets) {
        if (waiting.has(socket)) socket.ref();
        else socket.destroySoon();
      }
    },
    reset() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
  };
}
