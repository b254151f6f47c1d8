import type { QueueEvents } from 'bullmq';
import type { BullMqQueue } from './bullmq-queue.js';

/** What BullMQ tells of a job anywhere. `args` as they lie in the stream; results and progress are parsed. */
export interface RawEvents {
  readonly waiting: { readonly jobId: string };
  readonly active: { readonly jobId: string };
  readonly progress: { readonly jobId: string; readonly data: unknown };
  readonly completed: { readonly jobId: string; readonly returnvalue: unknown };
  readonly failed: { readonly jobId: string; readonly failedReason: string };
  readonly stalled: { readonly jobId: string };
  readonly removed: { readonly jobId: string };
  /** Somebody removed many jobs at once. */
  readonly cleaned: Record<string, unknown>;
  readonly drained: Record<string, unknown>;
}

/** The event stream of one queue, read while somebody listens. */
export interface EventHub {
  /**
   * Resolves when what happens from then on, or after the position `from`, is heard. Answers a function that ends the
   * subscription. When somebody listens already, what he has heard between `from` and now is not told again.
   */
  subscribe<E extends keyof RawEvents>(
    event: E,
    listener: (args: RawEvents[E]) => void,
    from?: string,
  ): Promise<() => Promise<void>>;
  /** Id of the newest entry of the stream, `0-0` when it is empty. */
  position(): Promise<string>;
  close(): Promise<void>;
}

export function createEventHub(bullMqQueue: BullMqQueue): EventHub {
  const { name, key, context } = bullMqQueue;
  let source: QueueEvents | undefined;
  let listening = 0;

  const position = async (): Promise<string> => {
    const newest = await bullMqQueue.use(
      () => context.connection.xrevrange(key('events'), '+', '-', 'COUNT', 1),
      {
        again: true,
      },
    );
    return newest[0]?.[0] ?? '0-0';
  };

  const close = async () => {
    const closing = source;
    source = undefined;
    await closing?.close();
  };

  return {
    position,
    close,
    async subscribe(event, listener, since) {
      // Reading from a known position on, rather than from "now", leaves no gap before the first read arrives.
      const from = since ?? (await position());
      if (!source) {
        source = new context.shared.QueueEvents(name, { prefix: context.prefix, lastEventId: from });
        source.on('error', bullMqQueue.report);
        // One listener for each waiting caller is no leak.
        source.setMaxListeners(0);
      }
      const events: NodeJS.EventEmitter = source;
      const heard = (...args: unknown[]) => {
        const id = String(args.at(-1));
        if (!isLater(id, from)) return;
        try {
          listener((args.length > 1 ? args[0] : {}) as Parameters<typeof listener>[0]);
        } catch (error) {
          bullMqQueue.report(error);
        }
      };
      events.on(event, heard);
      listening++;
      let ended = false;
      return async () => {
        if (ended) return;
        ended = true;
        events.off(event, heard);
        if (--listening === 0) await close();
      };
    },
  };
}

function isLater(id: string, than: string): boolean {
  const [ms = 0, sequence = 0] = id.split('-').map(Number);
  const [thanMs = 0, thanSequence = 0] = than.split('-').map(Number);
  return ms === thanMs ? sequence > thanSequence : ms > thanMs;
}
