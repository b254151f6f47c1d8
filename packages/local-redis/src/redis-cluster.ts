import { onFreePort } from '@switchyard/local-server';
import { ask, isServing, REPLY_LIMIT_MS, slotRanges, until } from './cluster-state.js';
import { findRedisServer, type RedisServerBinary } from './find-redis-server.js';
import { formCluster, type ClusterNode } from './form-cluster.js';
import { refusePassword } from './group-settings.js';
import { isPortTaken } from './redis-process.js';
import { startRedis, type RedisServer, type RedisUser } from './redis-server.js';

export interface StartRedisClusterOptions {
  /** Nodes that share the slots, 3 or more: fewer could elect nobody. Default 3. */
  readonly masters?: number;
  /** Default 0. */
  readonly replicasPerMaster?: number;
  /** After how long without an answer a node counts as dead, in ms. Default 1000. */
  readonly nodeTimeoutMs?: number;
  /** redis.conf directives for every node. `requirepass` is refused: the nodes are asked without one. */
  readonly settings?: Readonly<Record<string, string>>;
  /** For every node. */
  readonly users?: readonly RedisUser[];
  /** The server to start, version 7 or newer; found or fetched when absent. */
  readonly binary?: RedisServerBinary;
  /** How long each node may take to answer, and all of them to agree. Default 30 000. */
  readonly readyTimeoutMs?: number;
}

/** A Redis Cluster of our own on 127.0.0.1. Its nodes die with this process. */
export interface RedisCluster {
  /** The masters, then the replicas, as they were in the beginning. */
  readonly nodes: readonly [RedisServer, RedisServer, RedisServer, ...RedisServer[]];
  /** For ioredis: `new Cluster(cluster.addresses)`. */
  readonly addresses: { host: string; port: number }[];
  /** The master that serves the slot, as `asked` sees it. Default: the first node that answers. */
  ownerOf(slot: number, asked?: RedisServer): Promise<RedisServer>;
  /** The replicas of a master, as that master sees them. */
  replicasOf(master: RedisServer): Promise<RedisServer[]>;
  /** Makes a replica the master of its slots, while its master lives, and waits until every live node knows. */
  promote(replica: RedisServer): Promise<void>;
  /** Moves a slot and its keys to another master and waits until every live node knows. */
  moveSlot(slot: number, to: RedisServer): Promise<void>;
  /** Waits until every live node sees all slots served, by live nodes. */
  untilServing(): Promise<void>;
  stop(): Promise<void>;
}

const KEYS_AT_ONCE = 100;
const PORT_ATTEMPTS = 5;
/** A node that should take over gives up after 5 seconds. */
const PROMOTE_AGAIN_MS = 6_000;

/**
 * Starts a Redis Cluster on free ports of 127.0.0.1 and waits until every node sees all slots served.
 *
 * @throws {RedisServerNotFoundError} when there is no server to start.
 * @throws {RedisStartError} when a node does not come up, or the nodes do not agree in time.
 */
export async function startRedisCluster(options: StartRedisClusterOptions = {}): Promise<RedisCluster> {
  const { masters = 3, replicasPerMaster = 0, nodeTimeoutMs = 1000, readyTimeoutMs = 30_000 } = options;
  if (!Number.isInteger(masters) || masters < 3) throw new TypeError(`masters: ${masters} is fewer than 3`);
  if (!Number.isInteger(replicasPerMaster) || replicasPerMaster < 0) {
    throw new TypeError(`replicasPerMaster: ${replicasPerMaster} is no number of servers`);
  }
  refusePassword(options.settings);
  const binary = options.binary ?? (await findRedisServer());
  const settings = {
    ...options.settings,
    'cluster-enabled': 'yes',
    'cluster-node-timeout': String(nodeTimeoutMs),
    // A replica that waits for others to join a transfer, or that was cut off for long, is of no use in a test.
    'repl-diskless-sync-delay': '0',
    'cluster-replica-validity-factor': '0',
  };
  const count = masters * (1 + replicasPerMaster);
  const started = await Promise.allSettled(
    Array.from({ length: count }, () => startNode(binary, settings, options.users, readyTimeoutMs)),
  );
  const nodes: ClusterNode[] = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const stop = async () => {
    await Promise.all(nodes.map(({ server }) => server.stop()));
  };
  try {
    for (const each of started) if (each.status === 'rejected') throw each.reason;
    await formCluster(nodes, masters, readyTimeoutMs);
  } catch (error) {
    await stop();
    throw error;
  }
  return clusterOf(
    nodes.map(({ server }) => server) as [RedisServer, RedisServer, RedisServer, ...RedisServer[]],
    readyTimeoutMs,
    stop,
  );
}

async function startNode(
  binary: RedisServerBinary,
  settings: Readonly<Record<string, string>>,
  users: readonly RedisUser[] | undefined,
  readyTimeoutMs: number,
): Promise<ClusterNode> {
  const { port: busPort, value: server } = await onFreePort({
    use: (port) =>
      startRedis({ binary, users, readyTimeoutMs, settings: { ...settings, 'cluster-port': String(port) } }),
    isTaken: isPortTaken,
    attempts: PORT_ATTEMPTS,
  });
  return { server, busPort };
}

function clusterOf(nodes: RedisCluster['nodes'], limitMs: number, stop: () => Promise<void>): RedisCluster {
  const live = async () => {
    const answers = await Promise.allSettled(nodes.map((node) => ask(node, 'PING')));
    return nodes.filter((_, index) => answers[index]?.status === 'fulfilled');
  };
  const serverAt = (wanted: number): RedisServer => {
    const server = nodes.find(({ port }) => port === wanted);
    if (!server) throw new Error(`no node of this cluster has port ${wanted}`);
    return server;
  };
  const ownerOf = async (slot: number, asked?: RedisServer): Promise<RedisServer> => {
    const [node = asked] = asked ? [] : await live();
    if (!node) throw new Error('no node answers');
    const range = (await slotRanges(node)).find(({ from, to }) => from <= slot && slot <= to);
    if (!range) throw new Error(`nobody serves slot ${slot}`);
    return serverAt(range.masterPort);
  };
  const untilOwner = (slot: number, owner: RedisServer) =>
    until(`all nodes know the owner of slot ${slot}`, limitMs, async () => {
      const owners = await Promise.all((await live()).map((node) => ownerOf(slot, node)));
      return owners.length > 0 && owners.every(({ port }) => port === owner.port);
    });

  return {
    nodes,
    addresses: nodes.map(({ host, port }) => ({ host, port })),
    ownerOf,
    stop,
    untilServing: () => until('all slots are served', limitMs, async () => isServing(await live())),

    async replicasOf(master) {
      const info = String(await ask(master, 'INFO', 'replication'));
      return [...info.matchAll(/^slave\d+:.*port=(\d+)/gm)].map(([, port]) => serverAt(Number(port)));
    },

    async promote(replica) {
      const info = String(await ask(replica, 'INFO', 'replication'));
      const masterOf = Number(/^master_port:(\d+)/m.exec(info)?.[1]);
      const range = (await slotRanges(replica)).find(({ masterPort }) => masterPort === masterOf);
      if (!range) throw new Error(`port ${replica.port} is no replica of a master with slots`);
      let sentAtMs = Date.now();
      await ask(replica, 'CLUSTER', 'FAILOVER');
      await until(`port ${replica.port} is a master`, limitMs, async () => {
        if ((await slotRanges(replica)).some(({ masterPort }) => masterPort === replica.port)) return true;
        if (Date.now() - sentAtMs >= PROMOTE_AGAIN_MS) {
          sentAtMs = Date.now();
          await ask(replica, 'CLUSTER', 'FAILOVER');
        }
        return false;
      });
      await untilOwner(range.from, replica);
    },

    async moveSlot(slot, to) {
      const from = await ownerOf(slot, to);
      if (from === to) return;
      const [fromId, toId] = await Promise.all([from, to].map((node) => ask(node, 'CLUSTER', 'MYID')));
      await ask(to, 'CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', String(fromId));
      await ask(from, 'CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', String(toId));
      for (;;) {
        const keys = await ask(from, 'CLUSTER', 'GETKEYSINSLOT', String(slot), String(KEYS_AT_ONCE));
        if (keys.length === 0) break;
        const destination = [to.host, String(to.port), '', '0', String(REPLY_LIMIT_MS)];
        await ask(from, 'MIGRATE', ...destination, 'KEYS', ...(keys as readonly string[]));
      }
      // The new owner first: a slot that both claim goes by the newer epoch, which is the importer's.
      for (const node of [to, from])
        await ask(node, 'CLUSTER', 'SETSLOT', String(slot), 'NODE', String(toId));
      await untilOwner(slot, to);
    },
  };
}
