import { setTimeout as sleep } from 'node:timers/promises';
import { RedisStartError } from './errors.js';
import { findRedisServer, type RedisServerBinary } from './find-redis-server.js';
import { onFreePort } from './free-port.js';
import { isPortTaken } from './redis-process.js';
import { startRedis, type RedisServer, type RedisUser } from './redis-server.js';
import { respRequest, type RespReply } from './resp-request.js';

export interface StartRedisClusterOptions {
  /** Nodes that share the slots, 3 or more: fewer could elect nobody. Default 3. */
  readonly masters?: number;
  /** Default 0. */
  readonly replicasPerMaster?: number;
  /** After how long without an answer a node counts as dead, in ms. Default 1000. */
  readonly nodeTimeoutMs?: number;
  /** redis.conf directives for every node. */
  readonly settings?: Readonly<Record<string, string>>;
  /** For every node. */
  readonly users?: readonly RedisUser[];
  /** The server to start, version 7 or newer; found or fetched when absent. */
  readonly binary?: RedisServerBinary;
  /** How long the nodes may take to agree. Default 30 000. */
  readonly readyTimeoutMs?: number;
}

/** A Redis Cluster of our own on 127.0.0.1. Its nodes die with this process. */
export interface RedisCluster {
  /** The masters, then the replicas, as they were in the beginning. */
  readonly nodes: readonly RedisServer[];
  /** For ioredis: `new Cluster(cluster.addresses)`. */
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
  /** The master that serves the slot, as `asked` sees it. Default: the first node that answers. */
  ownerOf(slot: number, asked?: RedisServer): Promise<RedisServer>;
  /** The replicas of a master, as that master sees them. */
  replicasOf(master: RedisServer): Promise<RedisServer[]>;
  /** Makes a replica the master of its slots, while its master lives, and waits until every live node knows. */
  promote(replica: RedisServer): Promise<void>;
  /** Moves a slot and its keys to another master and waits until every live node knows. */
  moveSlot(slot: number, to: RedisServer): Promise<void>;
  /** Waits until every live node sees all slots served. */
  untilServing(): Promise<void>;
  stop(): Promise<void>;
}

const SLOTS = 16_384;
const REPLY_LIMIT_MS = 5_000;
const KEYS_AT_ONCE = 100;
const PORT_ATTEMPTS = 5;

/**
 * Starts a Redis Cluster on free ports of 127.0.0.1 and waits until every node sees all slots served.
 *
 * @throws {RedisServerNotFoundError} when there is no server to start.
 * @throws {RedisStartError} when a node does not come up, or the nodes do not agree in time.
 */
export async function startRedisCluster(options: StartRedisClusterOptions = {}): Promise<RedisCluster> {
  const { masters = 3, replicasPerMaster = 0, nodeTimeoutMs = 1000, readyTimeoutMs = 30_000 } = options;
  if (!Number.isInteger(masters) || masters < 3) throw new TypeError(`masters: ${masters} is fewer than 3`);
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
    Array.from({ length: count }, () => startNode(binary, settings, options.users)),
  );
  const nodes = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const stop = async () => {
    await Promise.all(nodes.map(({ server }) => server.stop()));
  };
  try {
    for (const each of started) if (each.status === 'rejected') throw each.reason;
    await join(nodes, masters, readyTimeoutMs);
  } catch (error) {
    await stop();
    throw error;
  }
  return clusterOf(
    nodes.map(({ server }) => server),
    readyTimeoutMs,
    stop,
  );
}

interface Node {
  readonly server: RedisServer;
  readonly busPort: number;
}

async function startNode(
  binary: RedisServerBinary,
  settings: Readonly<Record<string, string>>,
  users: readonly RedisUser[] | undefined,
): Promise<Node> {
  const { port: busPort, value: server } = await onFreePort({
    use: (port) => startRedis({ binary, users, settings: { ...settings, 'cluster-port': String(port) } }),
    isTaken: isPortTaken,
    attempts: PORT_ATTEMPTS,
  });
  return { server, busPort };
}

/** Makes one cluster of nodes that know nothing of each other. */
async function join(nodes: readonly Node[], masters: number, limitMs: number): Promise<void> {
  const [first, ...others] = nodes as [Node, ...Node[]];
  for (const [index, { server }] of nodes.slice(0, masters).entries()) {
    const from = Math.floor((index * SLOTS) / masters);
    const to = Math.floor(((index + 1) * SLOTS) / masters) - 1;
    await ask(server, 'CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
    await ask(server, 'CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
  }
  for (const { server, busPort } of others) {
    await ask(first.server, 'CLUSTER', 'MEET', server.host, String(server.port), String(busPort));
  }
  const servers = nodes.map(({ server }) => server);
  await until('all nodes know each other', limitMs, async () => {
    const infos = await Promise.all(servers.map((server) => ask(server, 'CLUSTER', 'INFO')));
    return infos.every((info) => String(info).includes(`cluster_known_nodes:${nodes.length}\r\n`));
  });
  for (const [index, server] of servers.slice(masters).entries()) {
    const master = await ask(servers[index % masters] as RedisServer, 'CLUSTER', 'MYID');
    await ask(server, 'CLUSTER', 'REPLICATE', String(master));
  }
  await until('all slots are served', limitMs, () => isServing(servers));
  await until('all replicas follow', limitMs, async () => {
    const infos = await Promise.all(
      servers.slice(masters).map((server) => ask(server, 'INFO', 'replication')),
    );
    return infos.every((info) => String(info).includes('master_link_status:up'));
  });
}

function clusterOf(nodes: readonly RedisServer[], limitMs: number, stop: () => Promise<void>): RedisCluster {
  const live = async () => {
    const answers = await Promise.allSettled(nodes.map((node) => ask(node, 'PING')));
    return nodes.filter((_, index) => answers[index]?.status === 'fulfilled');
  };
  const serverAt = (port: string): RedisServer => {
    const server = nodes.find((node) => String(node.port) === port);
    if (!server) throw new Error(`no node of this cluster has port ${port}`);
    return server;
  };
  const ownerOf = async (slot: number, asked?: RedisServer): Promise<RedisServer> => {
    const [node = asked] = asked ? [] : await live();
    if (!node) throw new Error('no node answers');
    for (const range of (await ask(node, 'CLUSTER', 'SLOTS')) as RespReply[][]) {
      const [from, to, master] = range as unknown as [string, string, string[]];
      if (Number(from) <= slot && slot <= Number(to)) return serverAt(String(master[1]));
    }
    throw new Error(`nobody serves slot ${slot}`);
  };
  const untilOwner = (slot: number, owner: RedisServer) =>
    until(`all nodes know the owner of slot ${slot}`, limitMs, async () => {
      const owners = await Promise.all((await live()).map((node) => ownerOf(slot, node)));
      return owners.every(({ port }) => port === owner.port);
    });

  return {
    nodes,
    addresses: nodes.map(({ host, port }) => ({ host, port })),
    ownerOf,
    stop,
    untilServing: () => until('all slots are served', limitMs, async () => isServing(await live())),

    async replicasOf(master) {
      const info = String(await ask(master, 'INFO', 'replication'));
      return [...info.matchAll(/^slave\d+:.*port=(\d+)/gm)].map(([, port = '']) => serverAt(port));
    },

    async promote(replica) {
      const info = String(await ask(replica, 'INFO', 'replication'));
      const masterPort = /^master_port:(\d+)/m.exec(info)?.[1] ?? '';
      const slots = (await ask(replica, 'CLUSTER', 'SLOTS')) as RespReply[][];
      const range = slots.find(([, , master]) => String((master as string[])[1]) === masterPort);
      if (!range) throw new Error(`port ${replica.port} is no replica of a master with slots`);
      await ask(replica, 'CLUSTER', 'FAILOVER');
      await untilOwner(Number(range[0]), replica);
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
        await ask(from, 'MIGRATE', ...destination, 'KEYS', ...(keys as string[]));
      }
      // The new owner first: a slot that both claim goes by the newer epoch, which is the importer's.
      for (const node of [to, from])
        await ask(node, 'CLUSTER', 'SETSLOT', String(slot), 'NODE', String(toId));
      await untilOwner(slot, to);
    },
  };
}

async function isServing(nodes: readonly RedisServer[]): Promise<boolean> {
  const infos = await Promise.all(nodes.map((node) => ask(node, 'CLUSTER', 'INFO')));
  return infos.every((info) => /^cluster_state:ok\r?$/m.test(String(info)));
}

async function ask({ port }: RedisServer, ...command: string[]): Promise<RespReply> {
  const [reply = ''] = await respRequest({ port, commands: [command], timeoutMs: REPLY_LIMIT_MS });
  if (typeof reply === 'string' && reply.startsWith('-')) {
    throw new Error(`${command.slice(0, 2).join(' ')} on port ${port}: ${reply.slice(1)}`);
  }
  return reply;
}

async function until(what: string, limitMs: number, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new RedisStartError(`the cluster took over ${limitMs} ms until ${what}`);
    await sleep(20);
  }
}
