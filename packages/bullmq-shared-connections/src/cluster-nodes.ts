import type { Cluster, Redis } from 'ioredis';

type Listener = (options: Redis['options']) => void;

const listenersOf = new WeakMap<Cluster, Set<Listener>>();

/**
 * Calls back with the address of each node that a cluster client gives up. However many listen, the client has one
 * listener, and none when nobody does: it is lent, and there may be a connection for each slot.
 *
 * @returns ends that
 */
export function onNodeGone(lent: Cluster, listener: Listener): () => void {
  let listeners = listenersOf.get(lent);
  if (!listeners) {
    listeners = new Set();
    listenersOf.set(lent, listeners);
  }
  const all = listeners;
  if (all.size === 0) lent.on('-node', tellAll);
  all.add(listener);
  return () => {
    if (all.delete(listener) && all.size === 0) lent.off('-node', tellAll);
  };
}

function tellAll(this: Cluster, { options }: Redis): void {
  for (const listener of listenersOf.get(this) ?? []) listener(options);
}
