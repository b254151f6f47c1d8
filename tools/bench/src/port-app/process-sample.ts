import type { Redis } from 'ioredis';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ProcessSample } from './app-operations.js';

/**
 * What this process holds on to at this moment.
 *
 * @throws Error unless Node was started with `--expose-gc`
 */
export async function sampleProcess(lent: Redis, running: number): Promise<ProcessSample> {
  const collect = (globalThis as { gc?: () => void }).gc;
  if (!collect) throw new Error('start Node with --expose-gc');
  // What a finalizer lets go of is garbage for the next one only.
  collect();
  await nextTurn();
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  const resources = process.getActiveResourcesInfo();
  const active = (type: string) => resources.filter((each) => each === type).length;
  return {
    atMs: Date.now(),
    heapBytes: heapUsed,
    rssBytes: rss,
    listeners: lent.eventNames().reduce((sum, event) => sum + lent.listenerCount(event), 0),
    sockets: active('TCPSocketWrap'),
    timers: active('Timeout'),
    running,
  };
}
