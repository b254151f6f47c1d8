import { setTimeout as sleep } from 'node:timers/promises';
import { watchCommands } from './command-counter.js';
import type { ContenderId } from './contender.js';
import { onFreshRedis } from './on-fresh-redis.js';
import type { Sizes } from './sizes.js';

export interface IdleFigures {
  readonly connections: number;
  readonly connectionsWithEvents: number;
  readonly sentPerMinute: number;
  readonly billedPerMinute: number;
}

/** 11 queues, 11 workers, nothing to do; then with listeners to the queue-wide events of all 11. */
export function measureIdle(contender: ContenderId, sizes: Sizes): Promise<IdleFigures> {
  return onFreshRedis(contender, async (app, url) => {
    const counter = await watchCommands(url);
    try {
      await app.ask('startWorkers', { concurrency: 1, handlerMs: 0 });
      await sleep(sizes.idleSettleMs);
      const connections = await counter.connections();
      const stop = await counter.start();
      await sleep(sizes.idleMs);
      const { sent, billed, elapsedMs } = await stop();
      await app.ask('listenToEvents', {});
      // A client that still connects is no connection yet, one that is replaced still is.
      await sleep(500);
      const connectionsWithEvents = await counter.connections();
      const perMinute = (count: number) => (count * 60_000) / elapsedMs;
      return {
        connections,
        connectionsWithEvents,
        sentPerMinute: perMinute(sent),
        billedPerMinute: perMinute(billed),
      };
    } finally {
      counter.close();
    }
  });
}
