import type { Redis } from 'ioredis';
import { createBullTransactions } from './bull-transactions.js';
import type { ConnectionWatch } from './connection-watch.js';

/**
 * A client for Bull that has no connection: whatever is sent through it goes out on the lent one. Bull defines
 * commands on its client, adds listeners to it and would close it; none of that reaches what was lent.
 */
export function createLentClient(lent: Redis, watch: ConnectionWatch): Redis {
  const client = lent.duplicate({
    lazyConnect: true,
    keyPrefix: '',
    enableAutoPipelining: false,
    scripts: undefined,
  });
  // Each of Bull's queue objects adds a listener here until it is closed.
  client.setMaxListeners(0);
  Object.defineProperties(client, {
    // A lazy client settles into `wait` on its own; from here on its state is that of the lent connection.
    status: { get: () => lent.status, set: () => {} },
    // Pipelines write to the stream of the client that made them.
    stream: { get: () => lent.stream },
  });
  const send: Redis['sendCommand'] = (command, stream) => lent.sendCommand(command, stream);
  client.sendCommand = (command, stream) => {
    if (lent.options.enableOfflineQueue || isWritable(lent)) return send(command, stream);
    // Without a queue of its own the lent connection would refuse what comes during a reconnect, and a job that
    // ended just then would be run again.
    watch.onNextReady(() => void send(command, stream));
    return command.promise;
  };
  client.quit = () => Promise.resolve('OK');
  client.disconnect = () => {};
  client.multi = createBullTransactions(client);
  return client;
}

/** A stream that has just broken is not writable, although its connection still counts as ready for a moment. */
function isWritable({ status, stream }: Redis): boolean {
  return status === 'ready' && stream.writable;
}
