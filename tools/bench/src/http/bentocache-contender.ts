import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisDriver } from 'bentocache/drivers/redis';
import { Redis } from 'ioredis';
import { noFetch, readBatches, type TwoCaches } from './cache-batches.js';
import type { HttpContender, Place } from './contender.js';

/**
 * BentoCache with its own drivers, memory and ioredis, default settings. It has no bus: that would be another connection,
 * for the memory of other processes to follow.
 */
export async function openBentoCache({ tcpUrl, slowTcpUrl }: Place): Promise<HttpContender> {
  const caches = await openCaches(tcpUrl);
  let slowCaches: Promise<TwoCaches> | undefined;
  return {
    operations: readBatches(({ isSlow }) => (isSlow ? (slowCaches ??= openCaches(slowTcpUrl)) : caches)),
    races: {},
    coldRead: caches.read,
  };
}

async function openCaches(url: string): Promise<TwoCaches> {
  const connection = new Redis(url, { lazyConnect: true });
  await connection.connect();
  const open = () =>
    new BentoCache({
      default: 'contacts',
      ttl: '5m',
      stores: {
        contacts: bentostore().useL1Layer(memoryDriver()).useL2Layer(redisDriver({ connection })),
      },
    });
  const cache = open();
  // Has a memory of its own, as another process has.
  const other = open();
  return {
    write: (key, value) => cache.set({ key, value }),
    read: (key, factory) => cache.getOrSet({ key, factory }),
    readElsewhere: (key) => other.getOrSet({ key, factory: noFetch }),
  };
}
