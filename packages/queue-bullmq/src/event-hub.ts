import type { QueueEvents, QueueEventsOptions } from 'bullmq';
import { setTimeout as sleep } from 'node:timers/promises';
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

const EVENTS: readonly (keyof RawEvents)[] = [
  'waiting',
  'active',
  'progress',
  'completed',
  'failed',
  'stalled',
  'removed',
  'cleaned',
  'drained',
];

/** Entries looked through at once for the one that cannot be read. */
const ENTRIES_PER_LOOK = 1000;
const RETRY_AFTER_FAULT_MS = 1000;

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

  /** Id of the first entry after `after` that BullMQ gives up reading at. */
  const firstUnreadable = async (after: string): Promise<string | null> => {
    for (let from = after; ;) {
      const entries = await bullMqQueue.use(
        () => context.connection.xrange(key('events'), `(${from}`, '+', 'COUNT', ENTRIES_PER_LOOK),
        { again: true },
      );
      const found = entries.find(([, fields]) => !isReadable(fields));
      if (found) return found[0];
      const last = entries.at(-1);
      if (!last || entries.length < ENTRIES_PER_LOOK) return null;
      from = last[0];
    }
  };

  /** BullMQ ends its reading for good at an entry that it cannot parse, which anybody may have written. */
  const keepReading = async (reader: QueueEvents, from: string): Promise<void> => {
    let last = from;
    const events: NodeJS.EventEmitter = reader;
    const note = (...args: unknown[]) => (last = String(args.at(-1)));
    for (const event of EVENTS) events.on(event, note);
    while (source === reader) {
      try {
        return await reader.run();
      } catch (error) {
        if (source !== reader) return;
        const unreadable = await firstUnreadable(last).catch(() => null);
        if (unreadable === null) {
          bullMqQueue.report(error);
          await sleep(RETRY_AFTER_FAULT_MS, undefined, { ref: false });
        } else {
          const problem = `entry ${unreadable} of the events of queue "${name}" cannot be read and was passed over`;
          bullMqQueue.report(new Error(problem, { cause: error }));
          last = unreadable;
        }
        reader.opts = { ...reader.opts, lastEventId: last } as QueueEventsOptions;
      }
    }
  };

  return {
    position,
    close,
    async subscribe(event, listener, since) {
      // Reading from a known position on, rather than from "now", leaves no gap before the first read arrives.
      const from = since ?? (await position());
      if (!source) {
        source = new context.shared.QueueEvents(name, {
          prefix: context.prefix,
          lastEventId: from,
          autorun: false,
        });
        source.on('error', bullMqQueue.report);
        // One listener for each waiting caller is no leak.
        source.setMaxListeners(0);
        void keepReading(source, from);
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

function isReadable(fields: readonly string[]): boolean {
  const entry = new Map<string, string>();
  for (let at = 0; at + 1 < fields.length; at += 2) entry.set(String(fields[at]), String(fields[at + 1]));
  const event = entry.get('event');
  if (event !== 'progress' && event !== 'completed') return true;
  try {
    JSON.parse(entry.get(event === 'progress' ? 'data' : 'returnvalue') ?? '');
    return true;
  } catch {
    return false;
  }
}

function isLater(id: string, than: string): boolean {
  const [ms = 0, sequence = 0] = id.split('-').map(Number);
  const [thanMs = 0, thanSequence = 0] = than.split('-').map(Number);
  return ms === thanMs ? sequence > thanSequence : ms > thanMs;
}
