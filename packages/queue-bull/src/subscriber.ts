import { ClosedError } from '@switchyard/queue-contract';
import type { Redis } from 'ioredis';
import type { OwnConnections } from './own-connections.js';

export type Topic = { readonly channel: string } | { readonly pattern: string };
export type Hear = (message: string, channel: string) => void;

/**
 * The one connection that subscribes, for all queues of an engine: opened by the first who listens, closed when the
 * last one goes.
 */
export interface Subscriber {
  /** Resolves when the subscription is live, with a function that ends it. */
  listen(topic: Topic, hear: Hear): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

interface Subscription {
  readonly topic: Topic;
  readonly listeners: Set<Hear>;
  live: Promise<unknown>;
}

export function createSubscriber(connections: OwnConnections): Subscriber {
  const subscriptions = new Map<string, Subscription>();
  let connection: Redis | undefined;
  let closed = false;

  const open = (): Redis => {
    const opened = connections.open();
    const hear = (key: string, message: string, channel: string) => {
      for (const listener of [...(subscriptions.get(key)?.listeners ?? [])]) listener(message, channel);
    };
    opened.on('message', (channel, message) => hear(`channel ${channel}`, message, channel));
    opened.on('pmessage', (pattern, channel, message) => hear(`pattern ${pattern}`, message, channel));
    return opened;
  };

  const disconnect = async () => {
    const closing = connection;
    connection = undefined;
    subscriptions.clear();
    if (closing) await connections.close(closing);
  };

  return {
    async listen(topic, hear) {
      if (closed) throw new ClosedError('engine');
      connection ??= open();
      const used = connection;
      const key = 'channel' in topic ? `channel ${topic.channel}` : `pattern ${topic.pattern}`;
      let subscription = subscriptions.get(key);
      if (!subscription) {
        const live = 'channel' in topic ? used.subscribe(topic.channel) : used.psubscribe(topic.pattern);
        subscription = { topic, listeners: new Set(), live };
        subscriptions.set(key, subscription);
      }
      // A listener of its own for each call, so that the same function may listen twice.
      const own: Hear = (message, channel) => hear(message, channel);
      const { listeners, live } = subscription;
      listeners.add(own);
      const stop = async () => {
        if (!listeners.delete(own) || listeners.size > 0 || connection !== used) return;
        subscriptions.delete(key);
        if (subscriptions.size === 0) return disconnect();
        // It is enough that nobody hears it; a lost connection forgets the subscription by itself.
        const ending =
          'channel' in topic ? used.unsubscribe(topic.channel) : used.punsubscribe(topic.pattern);
        ending.catch(() => {});
      };
      try {
        await live;
      } catch (error) {
        await stop();
        throw error;
      }
      return stop;
    },
    close() {
      closed = true;
      return disconnect();
    },
  };
}

/** Makes a pattern that matches exactly this text. */
export function literalPattern(text: string): string {
  return text.replace(/[\\*?[\]]/g, (character) => `\\${character}`);
}
