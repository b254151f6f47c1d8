import { type Cluster, Redis, type RedisOptions } from 'ioredis';
import type { Clock } from './clock.js';
import { onNodeGone } from './cluster-nodes.js';

/** What the user lent. */
export type Lent = Redis | Cluster;

/** Where the keys of some queues are, and how to get there: one server, or the node that serves their slot. */
export interface Origin {
  /** Carries every command that does not block. */
  readonly lent: Lent;
  /** In what a client of our own is like the lent one. */
  readonly options: RedisOptions;
  /** A client for connections of our own, not connected yet. */
  duplicate(options: RedisOptions): Redis;
  /** To be waited for before such a client connects: resolves when it knows where to, or is not wanted any more. */
  locate(client: Redis, isWanted: () => boolean): Promise<void>;
  /** Its connection failed, or led to a server that does not serve the keys: it may have to go elsewhere next. */
  relocate(client: Redis): void;
  /** The lent client gets no answer: it may ask a server that does not serve the keys any more. */
  refresh(): void;
  /**
   * Calls back when the lent client has given up the server to which such a client leads, because another one serves
   * the keys. A server that is cut off cannot say so itself.
   *
   * @returns ends that
   */
  onMoved(client: Redis, listener: () => void): () => void;
}

/** One server, or a group of them of which Sentinel knows the primary: ioredis finds it. */
export function serverOrigin(lent: Redis): Origin {
  return {
    lent,
    options: lent.options,
    duplicate: (options) => lent.duplicate(options),
    locate: () => Promise.resolve(),
    relocate: () => undefined,
    refresh: () => undefined,
    onMoved: () => () => undefined,
  };
}

/** How long to wait for a lent client that does not know its cluster yet. */
const UNKNOWN_RETRY_MS = 50;

/**
 * The node of a cluster that serves a slot, as the lent client knows it. A plain client goes there: one connection,
 * where a cluster client would open one to each node it ever asks.
 */
export function slotOrigin(lent: Cluster, slot: number, clock: Clock): Origin {
  const owner = () => {
    const address = lent.slots[slot]?.[0];
    if (address === undefined) return undefined;
    const colon = address.lastIndexOf(':');
    return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
  };

  /** The next attempt to connect reads the options anew. @returns whether the node is known */
  const aim = (client: Redis): boolean => {
    const known = owner();
    if (!known) return false;
    const { host, port } = known;
    const node = lent.nodes().find(({ options }) => options.host === host && options.port === port);
    // A node may have been given a login of its own.
    const { username, password } = node?.options ?? client.options;
    Object.assign(client.options, { host, port, username, password });
    return true;
  };

  return {
    lent,
    options: lent.options.redisOptions ?? {},
    duplicate: (options) => new Redis({ ...lent.options.redisOptions, ...options, readOnly: false }),
    async locate(client, isWanted) {
      while (isWanted() && !aim(client)) {
        await new Promise<void>((resolve) => clock.after(UNKNOWN_RETRY_MS, resolve));
      }
    },
    relocate(client) {
      // The lent client may have nothing to ask just now and not notice by itself.
      if (lent.status === 'ready') lent.refreshSlotsCache(() => void aim(client));
      else aim(client);
    },
    refresh() {
      if (lent.status === 'ready') lent.refreshSlotsCache();
    },
    onMoved: ({ options }, listener) =>
      onNodeGone(lent, (gone) => {
        const known = owner();
        const isLeft = gone.host === options.host && gone.port === options.port;
        if (isLeft && known && (known.host !== gone.host || known.port !== gone.port)) listener();
      }),
  };
}
