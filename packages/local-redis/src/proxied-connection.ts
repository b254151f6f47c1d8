import { connect, type Socket } from 'node:net';

export type Direction = 'to-client' | 'to-server';

/** What can go wrong on the way. */
export interface ProxyFaults {
  /** RST to both sides at once, as a firewall or a dead machine's successor sends it. */
  reset(): void;
  /** Closes both sides, each after what was already passed on to it: a receiver that reads nothing has five seconds. */
  cut(): void;
  /** Sends FIN one way, as if the other side had no more to say. The other way stays open. */
  halfClose(direction: Direction): void;
  /**
   * Goes silent, in both directions or one, and closes nothing, as a dropped NAT entry does. What is sent is accepted
   * and held; that a side closes is held as well.
   */
  stall(direction?: Direction): void;
  /** Passes on what was held, in order: TCP loses nothing. */
  resume(): void;
}

/** One connection through a proxy. */
export interface ProxiedConnection extends ProxyFaults {
  /** Counts from 1 in the order of opening. */
  readonly id: number;
  /** As the server sees it, for finding it in CLIENT LIST (`addr`); undefined until the server accepted it. */
  readonly address: string | undefined;
  readonly isStalled: boolean;
}

const CUT_LIMIT_MS = 5_000;

/** One direction: bytes, then perhaps an end, which a stall holds back in this order. */
class Way {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #held: Buffer[] = [];
  #endHeld: 'none' | 'end' | 'reset' = 'none';
  #stalled = false;

  constructor(from: Socket, to: Socket) {
    this.#from = from;
    this.#to = to;
    from.on('data', (bytes) => this.#pass(bytes));
    to.on('drain', () => from.resume());
    from.on('end', () => this.#endWith('end'));
    from.on('error', () => this.#endWith('reset'));
    // Destroyed here without a word of the peer's.
    from.on('close', () => this.#endWith('end'));
  }

  get isStalled(): boolean {
    return this.#stalled;
  }

  stall(): void {
    this.#stalled = true;
    // What a slow receiver has kept from being read is to be accepted, too.
    this.#from.resume();
  }

  resume(): void {
    if (!this.#stalled) return;
    this.#stalled = false;
    for (const bytes of this.#held.splice(0)) this.#pass(bytes);
    if (this.#endHeld !== 'none') this.#endWith(this.#endHeld);
  }

  #pass(bytes: Buffer): void {
    if (this.#stalled) this.#held.push(bytes);
    else if (this.#to.writable && !this.#to.write(bytes)) this.#from.pause();
  }

  #endWith(how: 'end' | 'reset'): void {
    if (this.#stalled) {
      if (this.#endHeld !== 'reset') this.#endHeld = how;
    } else if (how === 'reset') this.#to.resetAndDestroy();
    else this.#to.end();
  }
}

/**
 * Leads a connection that a proxy accepted on to a port of 127.0.0.1. A server that is not there resets it.
 *
 * @param onClosed called when both sides are closed
 */
export function connectThrough(
  client: Socket,
  targetPort: number,
  id: number,
  onClosed: () => void,
): ProxiedConnection {
  const server = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  const sockets = [client, server];
  const ways = { 'to-client': new Way(server, client), 'to-server': new Way(client, server) };
  let address: string | undefined;
  server.once('connect', () => (address = `127.0.0.1:${server.localPort}`));
  for (const socket of sockets) {
    socket.unref();
    socket.once('close', () => {
      if (sockets.every(({ closed }) => closed)) onClosed();
    });
  }

  return {
    id,
    get address() {
      return address;
    },
    get isStalled() {
      return Object.values(ways).some(({ isStalled }) => isStalled);
    },
    reset: () => sockets.forEach((socket) => void socket.resetAndDestroy()),
    cut() {
      for (const socket of sockets) {
        socket.destroySoon();
        const late = setTimeout(() => void socket.destroy(), CUT_LIMIT_MS).unref();
        socket.once('close', () => clearTimeout(late));
      }
    },
    halfClose: (direction) => void (direction === 'to-client' ? client : server).end(),
    stall(direction) {
      for (const way of direction ? [ways[direction]] : Object.values(ways)) way.stall();
    },
    resume: () => Object.values(ways).forEach((way) => way.resume()),
  };
}
