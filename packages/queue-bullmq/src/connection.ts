import { hashTag } from '@switchyard/bullmq-shared-connections';
import { InvalidOptionError } from '@switchyard/queue-contract';
import type { Cluster, Redis } from 'ioredis';

/** What the engine is lent: a client of one server, of one that Sentinel finds, or of a cluster. */
export type Connection = Redis | Cluster;

/** Whether a client is one of a cluster. */
export function isCluster(connection: Connection): connection is Cluster {
  return connection.isCluster;
}

/**
 * BullMQ's scripts name several keys of a queue, which a cluster takes only when all are in one slot.
 *
 * @throws InvalidOptionError for a prefix that would spread them
 */
export function checkPrefixOn(connection: Connection, prefix: string): void {
  if (!isCluster(connection) || hashTag(`${prefix}:`) !== undefined) return;
  throw new InvalidOptionError(
    'prefix',
    prefix,
    'one with a hash tag on Redis Cluster, such as "{switchyard}": it keeps all keys in one slot',
  );
}

/** Where a connection leads, to be read by people: neither user nor password, not even those of a URL. */
export function addressOf(connection: Connection): string {
  if (isCluster(connection)) return `the cluster of ${startupNodes(connection).join(', ')}`;
  const { host = 'localhost', port = 6379, path, sentinels, name } = connection.options;
  if (sentinels) return `"${name ?? ''}" of the sentinels ${sentinels.map(hostAndPort).join(', ')}`;
  return path ?? `${host}:${port}`;
}

/**
 * Tells apart where queues lie: server, database and prefix. Two connections to one place answer the same when they
 * name it the same.
 */
export function keyspaceOf(connection: Connection, prefix: string): string {
  if (isCluster(connection)) return `redis-cluster://${startupNodes(connection).sort().join(',')}/${prefix}`;
  const { host = 'localhost', port = 6379, path, db = 0, sentinels, name } = connection.options;
  if (sentinels) {
    const addresses = sentinels.map(hostAndPort).sort().join(',');
    return `redis-sentinel://${addresses}/${name ?? ''}/${db}/${prefix}`;
  }
  return `redis://${path ?? `${host}:${port}`}/${db}/${prefix}`;
}

/** The nodes that a cluster client was given; ioredis takes a port, a URL or an address for each. */
function startupNodes(cluster: Cluster): string[] {
  const { startupNodes: nodes } = cluster as unknown as { startupNodes?: unknown };
  return Array.isArray(nodes) ? nodes.map(nodeAddress) : [];
}

function nodeAddress(node: unknown): string {
  if (typeof node === 'object' && node !== null) return hostAndPort(node);
  const text = String(node);
  if (/^\d+$/.test(text)) return hostAndPort({ port: Number(text) });
  const url = text.includes('://') ? text : `redis://${text}`;
  if (!URL.canParse(url)) return 'an address that cannot be parsed';
  const { hostname, port } = new URL(url);
  return hostAndPort({ host: hostname, port: Number(port) });
}

function hostAndPort({ host, port }: { host?: string; port?: number }): string {
  return `${host || 'localhost'}:${port || 6379}`;
}
