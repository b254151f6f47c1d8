import { ask, isServing, until } from './cluster-state.js';
import type { RedisServer } from './redis-server.js';

/** A server in cluster mode that knows of no other yet. */
export interface ClusterNode {
  readonly server: RedisServer;
  /** Where the nodes talk to each other. */
  readonly busPort: number;
}

const SLOTS = 16_384;
/** Redis forgets a handshake that got no answer within a second, or the time-out of a node if that is longer. */
const MEET_AGAIN_MS = 1_000;

/**
 * Makes one cluster of nodes that know nothing of each other: the first `masters` of them share the slots, the others
 * become their replicas in turn.
 *
 * @throws {RedisStartError} when that takes longer than `limitMs`.
 */
export async function formCluster(
  nodes: readonly ClusterNode[],
  masters: number,
  limitMs: number,
): Promise<void> {
  const servers = nodes.map(({ server }) => server);
  for (const [index, server] of servers.slice(0, masters).entries()) {
    const from = Math.floor((index * SLOTS) / masters);
    const to = Math.floor(((index + 1) * SLOTS) / masters) - 1;
    await ask(server, 'CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
    await ask(server, 'CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
  }
  await introduce(nodes, limitMs);
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

/** The first node meets the others, again if need be: a busy machine may not let one answer in time. */
async function introduce([first, ...others]: readonly ClusterNode[], limitMs: number): Promise<void> {
  if (!first) return;
  let strangers: readonly ClusterNode[] = others;
  let metAtMs = -Infinity;
  await until('all nodes know each other', limitMs, async () => {
    if (Date.now() - metAtMs >= MEET_AGAIN_MS) {
      metAtMs = Date.now();
      for (const { server, busPort } of strangers) {
        await ask(first.server, 'CLUSTER', 'MEET', server.host, String(server.port), String(busPort));
      }
    }
    const [known = new Set(), ...knownToOthers] = await Promise.all([first, ...others].map(knownPorts));
    strangers = others.filter(
      ({ server }, index) => !known.has(server.port) || !knownToOthers[index]?.has(first.server.port),
    );
    return [known, ...knownToOthers].every(({ size }) => size === others.length + 1);
  });
}

/** The ports of the nodes that a node knows, itself included. One whose handshake is under way may be forgotten. */
async function knownPorts({ server }: ClusterNode): Promise<Set<number>> {
  const lines = String(await ask(server, 'CLUSTER', 'NODES'))
    .trim()
    .split('\n');
  const known = lines.filter((line) => !line.includes('handshake'));
  return new Set(known.map((line) => Number(/:(\d+)@/.exec(line)?.[1])));
}
