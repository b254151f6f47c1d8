import { createServer, type AddressInfo } from 'node:net';
import { connectThrough, type ProxiedConnection, type ProxyFaults } from './proxied-connection.js';

export interface StartFaultyProxyOptions {
  /** Where it leads to: a port of 127.0.0.1, for one that of a `RedisServer`. */
  readonly targetPort: number;
}

/** What happens to connections that are still to come. */
export type NewConnections =
  /** They are served. */
  | 'pass'
  /** Each is reset before anything passes. */
  | 'refuse'
  /** They are accepted, and nothing passes until `resume`. */
  | 'stall';

/** A TCP proxy on a free port of 127.0.0.1 that breaks as networks do. Its faults hit all open connections. */
export interface FaultyProxy extends ProxyFaults {
  /** `redis://127.0.0.1:PORT`. */
  readonly url: string;
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Those that are open on either side, the oldest first. */
  readonly connections: readonly ProxiedConnection[];
  /** How many were ever opened, those that were refused not counted. */
  readonly accepted: number;
  readonly refused: number;
  /** From now on; `resume` sets it back to `pass`. */
  treatNew(how: NewConnections): void;
  /** Cuts what is open and gives the port up. Calling it again does nothing. */
  stop(): Promise<void>;
}

/** Starts a proxy in front of a server on this machine. It does not keep the process from ending. */
export async function startFaultyProxy({ targetPort }: StartFaultyProxyOptions): Promise<FaultyProxy> {
  const open = new Set<ProxiedConnection>();
  let treatment: NewConnections = 'pass';
  let accepted = 0;
  let refused = 0;

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    if (treatment === 'refuse') {
      refused += 1;
      socket.on('error', () => undefined);
      socket.resetAndDestroy();
      return;
    }
    accepted += 1;
    const connection = connectThrough(socket, targetPort, accepted, () => open.delete(connection));
    open.add(connection);
    if (treatment === 'stall') connection.stall();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  const { port } = server.address() as AddressInfo;
  const toAll = (fault: (connection: ProxiedConnection) => void) => [...open].forEach(fault);
  let stopped: Promise<void> | undefined;

  const proxy: FaultyProxy = {
    url: `redis://127.0.0.1:${port}`,
    host: '127.0.0.1',
    port,
    get connections() {
      return [...open];
    },
    get accepted() {
      return accepted;
    },
    get refused() {
      return refused;
    },
    treatNew(how) {
      treatment = how;
    },
    reset: () => toAll((connection) => connection.reset()),
    cut: () => toAll((connection) => connection.cut()),
    halfClose: (direction) => toAll((connection) => connection.halfClose(direction)),
    stall: (direction) => toAll((connection) => connection.stall(direction)),
    resume() {
      treatment = 'pass';
      toAll((connection) => connection.resume());
    },
    stop() {
      stopped ??= new Promise((resolve) => {
        server.close(() => resolve());
        proxy.cut();
      });
      return stopped;
    },
  };
  return proxy;
}
