import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { createBlockingLoop, type BlockingLoop } from './blocking-loop.js';
import type { Clock } from './clock.js';
import { EventReaders, type StreamEntries } from './event-readers.js';
import type { Settings } from './options.js';
import type { Lent, Origin } from './origin.js';
import { createPrivateConnection } from './private-connection.js';
import { ShownNames } from './shown-names.js';
import { interruptEvents } from './wake-keys.js';

/** The name of its connection, before the names of its readers. */
export const EVENTS_CLIENT = 'bullmq-shared-events';

const BEGINNING = '0-0';

/**
 * One `XREAD` on behalf of all `QueueEvents` of this process, on a connection that exists while there are
 * any.
 *
 * A reader that begins with `$`, the end of its stream, gets the id that is the end when it joins. So nothing
 * is missed while the command is renewed for somebody else, or while the connection is made anew.
 */
export class SharedEvents {
  readonly #lent: Lent;
  readonly #clock: Clock;
  readonly #readers = new EventReaders();
  readonly #loop: BlockingLoop;
  /** The streams of the command that blocks now, and from where it reads them. */
  #asked: Map<string, string> | undefined;
  readonly #names: ShownNames;
  #controlKey = '';
  #controlId = BEGINNING;

  constructor(origin: Origin, settings: Settings, clock: Clock) {
    const { lent } = origin;
    this.#lent = lent;
    this.#clock = clock;
    const blockMs = settings.blockSeconds * 1000;
    const report = (error: Error) => settings.onError(error, 'events');
    this.#loop = createBlockingLoop<StreamEntries | null>(
      createPrivateConnection(origin, EVENTS_CLIENT, clock, report),
      {
        send: (client) => this.#send(client, blockMs),
        handle: (streams) => this.#handle(streams ?? []),
        interrupt: () => interruptEvents(lent, this.#controlKey),
        isNeeded: () => this.#isNeeded(),
        onBroken: () => {
          this.#asked = undefined;
        },
      },
      { blockMs },
      clock,
      report,
    );
    this.#names = new ShownNames(EVENTS_CLIENT, this.#loop, clock);
  }

  /**
   * Connects on behalf of a new reader and shows its name to who lists the clients. Resolves when that is
   * done.
   */
  enter(reader: object, name: string): Promise<void> {
    return this.#names.add(reader, name);
  }

  /**
   * Reads the entries of a stream after `afterId`, `$` being the end of the stream when the reader first
   * came. Resolves with `null` when the reader leaves. Rejects when the end of the stream cannot be asked
   * for.
   */
  async read(streamKey: string, reader: object, afterId: string): Promise<StreamEntries | null> {
    this.#controlKey ||= `${streamKey}:shared-events:${randomUUID()}`;
    const position = await this.#readers.enter(reader, afterId, () => this.#endOf(streamKey));
    // It left: there is nothing to tell it any more, and BullMQ would ask again and again.
    if (position === undefined) return new Promise(() => undefined);
    const entries = this.#readers.wait(reader, streamKey, position);
    if (this.#asked && !this.#readers.covers(this.#asked, streamKey, position)) this.#loop.renew();
    this.#loop.start();
    return entries;
  }

  /** Resolves once the place in its stream of a reader that reads is fixed: later entries will reach it. */
  hasPlace(reader: object): Promise<void> {
    return this.#readers.hasPlace(reader);
  }

  leave(reader: object): void {
    this.#names.remove(reader);
    this.#readers.leave(reader);
    // Reading takes nothing out of a stream, so what blocks may simply be cut.
    if (!this.#isNeeded()) this.#loop.stop();
  }

  get isOpen(): boolean {
    return this.#loop.isOpen;
  }

  close(): Promise<void> {
    return this.#loop.close();
  }

  #isNeeded(): boolean {
    return this.#names.size > 0 || this.#readers.size > 0;
  }

  async #endOf(streamKey: string): Promise<string> {
    // On the lent connection: what the same client adds after this call comes later.
    const [last] = await this.#lent.xrevrange(streamKey, '+', '-', 'COUNT', 1);
    return last?.[0] ?? BEGINNING;
  }

  #send(client: Redis, blockMs: number): Promise<StreamEntries | null> | undefined {
    const positions = this.#readers.positions();
    if (positions.size === 0) return undefined;
    this.#asked = positions;
    const keys = [this.#controlKey, ...positions.keys()];
    const ids = [this.#controlId, ...positions.values()];
    return client.xread('BLOCK', blockMs, 'STREAMS', ...keys, ...ids);
  }

  async #handle(streams: StreamEntries): Promise<void> {
    this.#asked = undefined;
    for (const [key, entries] of streams) {
      if (key === this.#controlKey) this.#controlId = entries.at(-1)?.[0] ?? this.#controlId;
      else this.#readers.deliver(key, entries);
    }
    // The readers deal with their entries now and come back, so that they are all part of the next command.
    await new Promise<void>((resolve) => this.#clock.soon(resolve));
  }
}
