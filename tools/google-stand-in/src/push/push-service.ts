import { setTimeout as delay } from 'node:timers/promises';
import { createRandom, type Random } from '../random.js';
import type { FaultKind } from '../faults/fault-rule.js';
import type { Channel, PushRecord, ResourceState } from './channel.js';
import { postMessage } from './post-message.js';

/** What Google tries again; with any other status the message is gone. */
const RETRIED = [0, 500, 502, 503, 504];

export interface PushOptions {
  readonly seed: number;
  readonly now: () => Date;
  /** How long it waits before each further attempt; as many attempts as there are entries, and one. */
  readonly retryDelaysMs: readonly number[];
  readonly timeoutMs: number;
  /** Aborted when the stand-in stops. */
  readonly signal: AbortSignal;
  /** The fault that strikes this message, if any. */
  readonly strike: (channel: Channel) => FaultKind | undefined;
}

export interface PushService {
  readonly records: readonly PushRecord[];
  /** Whether a channel ever had this id: Google takes none twice, not even one that was stopped. */
  knows(channelId: string): boolean;
  /** Undefined once it expired or was stopped. */
  find(channelId: string): Channel | undefined;
  active(): readonly Channel[];
  /** Sends the first message, `sync`, soon after. */
  open(channel: Channel): void;
  stop(channelId: string): void;
  /** From now on nothing is sent over it, though it looks alive. */
  silence(channelId: string): void;
  notify(watches: string, state: ResourceState): void;
  /** Resolves when no message is on its way, further attempts included. */
  settled(): Promise<void>;
}

export function createPushService(options: PushOptions): PushService {
  const { now, signal } = options;
  const channels = new Map<string, { channel: Channel; lastNumber: number; random: Random }>();
  const known = new Set<string>();
  const silenced = new Set<string>();
  const records: PushRecord[] = [];
  const onTheirWay = new Set<Promise<void>>();

  const find = (channelId: string): Channel | undefined => {
    const channel = channels.get(channelId)?.channel;
    return channel && channel.expirationMs > now().getTime() ? channel : undefined;
  };

  const deliver = async (channel: Channel, at: number): Promise<void> => {
    const { messageNumber, state } = records[at]!;
    const statuses: number[] = [];
    const end = (outcome: PushRecord['outcome']): void => {
      records[at] = { ...records[at]!, statuses, outcome };
    };
    const fault = options.strike(channel);
    if (silenced.has(channel.id) || fault === 'silent-push') return end('lost');
    let times = fault === 'repeated-push' ? 2 : 1;
    const delaysMs = [0, ...options.retryDelaysMs];
    while (delaysMs.length > 0) {
      const waitMs = delaysMs.shift();
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted || find(channel.id) !== channel) return end('lost');
      const status = await postMessage(channel, messageNumber, state, {
        timeoutMs: options.timeoutMs,
        signal,
      });
      statuses.push(status);
      if (status >= 200 && status < 300) {
        times -= 1;
        if (times === 0) return end('delivered');
        delaysMs.unshift(0);
      } else if (!RETRIED.includes(status)) return end('refused');
    }
    return end('refused');
  };

  const send = (
    entry: { channel: Channel; lastNumber: number; random: Random },
    state: ResourceState,
  ): void => {
    // 1 for `sync`; after it numbers grow, and not by one.
    entry.lastNumber += state === 'sync' ? 1 : entry.random.between(1, 40);
    const { channel, lastNumber: messageNumber } = entry;
    const at =
      records.push({ channelId: channel.id, messageNumber, state, statuses: [], outcome: 'pending' }) - 1;
    const delivery = deliver(channel, at).finally(() => onTheirWay.delete(delivery));
    onTheirWay.add(delivery);
  };

  return {
    records,
    knows: (channelId) => known.has(channelId),
    find,
    active: () => [...channels.values()].map(({ channel }) => channel).filter(({ id }) => find(id)),
    open(channel) {
      const random = createRandom(options.seed, `messages of ${channel.id}`);
      const entry = { channel, lastNumber: 0, random };
      channels.set(channel.id, entry);
      known.add(channel.id);
      send(entry, 'sync');
    },
    stop: (channelId) => void channels.delete(channelId),
    silence: (channelId) => void silenced.add(channelId),
    notify(watches, state) {
      for (const entry of channels.values())
        if (entry.channel.watches === watches && find(entry.channel.id)) send(entry, state);
    },
    async settled() {
      while (onTheirWay.size > 0) await Promise.all(onTheirWay);
    },
  };
}
