import type { Cluster } from 'ioredis';
import type { Lent } from './origin.js';

/** How many connections to Redis are open, or being opened, on behalf of one `shareConnections`. */
export interface ConnectionCount {
  /** Of the lent client: one, or on Redis Cluster one to each node it has sent a command to. */
  readonly lent: number;
  /** On which workers wait: at most one, on Redis Cluster one for each slot in which their queues lie. */
  readonly wait: number;
  /** On which `QueueEvents` read: likewise. */
  readonly events: number;
}

interface Holder {
  /** Whether it holds its connection, or makes one. */
  readonly isOpen: boolean;
}

export function openConnections(
  lent: Lent,
  groups: readonly { readonly wait: Holder; readonly events: Holder }[],
): ConnectionCount {
  const clients = lent.isCluster ? (lent as Cluster).nodes() : [lent];
  return {
    lent: clients.filter(({ status }) => status !== 'wait' && status !== 'end').length,
    wait: groups.filter(({ wait }) => wait.isOpen).length,
    events: groups.filter(({ events }) => events.isOpen).length,
  };
}
