import { setTimeout as sleep } from 'node:timers/promises';
import {
  billedCommands,
  commandsBetween,
  countConnections,
  parseClientList,
  parseCommandStats,
  type CommandStats,
} from '@switchyard/local-redis';
import { Redis } from 'ioredis';
import { watchMonitor } from './monitor-stream.js';

export interface CommandCount {
  /** Commands that clients sent, as MONITOR saw them: not those that a script ran, not ours. */
  readonly sent: number;
  /** Commands that a metered Redis bills, those inside scripts included, from INFO commandstats. */
  readonly billed: number;
  /** Calls by command, for whoever wonders. */
  readonly commands: CommandStats;
  readonly elapsedMs: number;
}

/** Watches one Redis from two connections of its own. */
export interface CommandCounter {
  /** Starts counting; the function it gives stops and tells. */
  start(): Promise<() => Promise<CommandCount>>;
  /** Resolves when no command but ours has run for `quietMs`; rejects after `limitMs`. */
  untilQuiet(quietMs: number, limitMs?: number): Promise<void>;
  /** Connections of others. */
  connections(): Promise<number>;
  close(): void;
}

const POLL_MS = 15;

export async function watchCommands(url: string): Promise<CommandCounter> {
  const redis = new Redis(url, { retryStrategy: () => null });
  const own = /^id=\d+ addr=(\S+)/.exec(await redis.client('INFO'))?.[1];
  let sent = 0;
  let onOwn: (text: string) => void = () => undefined;
  const monitor = await watchMonitor(url, ({ source, text }) => {
    if (source === own) onOwn(text);
    else if (source !== 'lua') sent++;
  });
  const stats = async () => parseCommandStats(await redis.info('commandstats'));

  /** MONITOR's lines come in the order of execution: once this PING's is here, those of all earlier commands are. */
  const allSeen = async () => {
    const word = `seen-${process.hrtime.bigint()}`;
    const seen = new Promise<void>((resolve) => {
      onOwn = (text) => text.includes(word) && resolve();
    });
    await redis.ping(word);
    await seen;
  };

  return {
    async start() {
      await allSeen();
      const startedAt = performance.now();
      const sentBefore = sent;
      const before = await stats();
      return async () => {
        const after = await stats();
        const elapsedMs = performance.now() - startedAt;
        await allSeen();
        return {
          sent: sent - sentBefore,
          billed: billedCommands(before, after),
          commands: commandsBetween(before, after),
          elapsedMs,
        };
      };
    },
    async untilQuiet(quietMs, limitMs = 10_000) {
      const deadline = performance.now() + limitMs;
      let last = await stats();
      let quietSince = performance.now();
      while (performance.now() - quietSince < quietMs) {
        if (performance.now() > deadline) throw new Error(`commands did not stop for ${limitMs} ms`);
        await sleep(POLL_MS);
        const now = await stats();
        if (billedCommands(last, now) > 0) quietSince = performance.now();
        last = now;
      }
    },
    async connections() {
      // MONITOR's is ours as well.
      return countConnections(parseClientList(String(await redis.client('LIST')))) - 1;
    },
    close() {
      redis.disconnect();
      monitor.close();
    },
  };
}
