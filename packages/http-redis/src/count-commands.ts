import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { REDIS_COMMAND_CHANNEL, type RedisCommandMessage } from './command-channel.js';

export interface CommandCount {
  readonly source: string;
  /** In upper case; a script's name as it was declared. */
  readonly name: string;
  readonly calls: number;
  /** As a metered Redis bills them, an estimate: {@link RedisCommandMessage.billed}. */
  readonly billed: number;
  /** Of the calls, those that brought no reply: refused, timed out, unavailable, without rights, aborted. */
  readonly failed: number;
}

export interface CommandCounter {
  /** So far, the most billed first. */
  counts(): CommandCount[];
  /** Of one source, or of all. */
  billed(source?: string): number;
  stop(): void;
}

/** Counts the commands of every client of this process by source and name, from now on until `stop`. */
export function countCommands(): CommandCounter {
  const totals = new Map<string, { -readonly [K in keyof CommandCount]: CommandCount[K] }>();
  const count = (message: unknown): void => {
    const { source, name, billed, outcome } = message as RedisCommandMessage;
    // A source holds no space.
    const key = `${source} ${name}`;
    const total = totals.get(key) ?? { source, name, calls: 0, billed: 0, failed: 0 };
    if (total.calls === 0) totals.set(key, total);
    total.calls += 1;
    total.billed += billed;
    if (outcome !== 'ok') total.failed += 1;
  };
  subscribe(REDIS_COMMAND_CHANNEL, count);
  return {
    counts: () => [...totals.values()].map((total) => ({ ...total })).sort((a, b) => b.billed - a.billed),
    billed(source) {
      let sum = 0;
      for (const total of totals.values()) {
        if (source === undefined || total.source === source) sum += total.billed;
      }
      return sum;
    },
    stop: () => void unsubscribe(REDIS_COMMAND_CHANNEL, count),
  };
}
