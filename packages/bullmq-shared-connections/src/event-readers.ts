/** One stream entry: its id, and names and values in turn. */
export type StreamEntry = [id: string, fields: string[]];
/** What an `XREAD` answers. */
export type StreamEntries = [stream: string, entries: StreamEntry[]][];

interface Waiting {
  readonly streamKey: string;
  readonly afterId: string;
  readonly resolve: (entries: StreamEntries | null) => void;
}

interface Reader {
  /** Where `$` was when the reader came. */
  end?: Promise<string>;
  waiting?: Waiting;
  placed: Promise<void>;
  setPlaced: () => void;
}

/** Which reader waits for which stream, from where. Only bookkeeping. */
export class EventReaders {
  readonly #readers = new Map<object, Reader>();
  readonly #gone = new WeakSet<object>();

  get size(): number {
    return this.#readers.size;
  }

  /** @returns the id to read after, or `undefined` when the reader left before it was known. */
  async enter(
    reader: object,
    afterId: string,
    endOfStream: () => Promise<string>,
  ): Promise<string | undefined> {
    if (this.#gone.has(reader)) return undefined;
    const state = this.#state(reader);
    if (afterId !== '$') return afterId;
    try {
      const end = await (state.end ??= endOfStream());
      return this.#readers.has(reader) ? end : undefined;
    } catch (error) {
      delete state.end;
      if (this.#gone.has(reader)) return undefined;
      throw error;
    }
  }

  wait(reader: object, streamKey: string, afterId: string): Promise<StreamEntries | null> {
    const state = this.#state(reader);
    state.setPlaced();
    return new Promise((resolve) => {
      state.waiting = { streamKey, afterId, resolve };
    });
  }

  hasPlace(reader: object): Promise<void> {
    return this.#readers.get(reader)?.placed ?? Promise.resolve();
  }

  leave(reader: object): void {
    this.#gone.add(reader);
    const state = this.#readers.get(reader);
    this.#readers.delete(reader);
    state?.setPlaced();
    state?.waiting?.resolve(null);
  }

  /** The streams somebody waits for, each with the lowest id of those who do. */
  positions(): Map<string, string> {
    const positions = new Map<string, string>();
    for (const { waiting } of this.#readers.values()) {
      if (!waiting) continue;
      const lowest = positions.get(waiting.streamKey);
      if (lowest === undefined || isAfter(lowest, waiting.afterId)) {
        positions.set(waiting.streamKey, waiting.afterId);
      }
    }
    return positions;
  }

  /** Whether a command that reads from `asked` brings what a reader of `streamKey` after `afterId` wants. */
  covers(asked: ReadonlyMap<string, string>, streamKey: string, afterId: string): boolean {
    const from = asked.get(streamKey);
    return from !== undefined && !isAfter(from, afterId);
  }

  /** Gives each reader of the stream what is new to it. */
  deliver(streamKey: string, entries: StreamEntry[]): void {
    for (const reader of this.#readers.values()) {
      const { waiting } = reader;
      if (waiting?.streamKey !== streamKey) continue;
      const fresh = entries.filter(([id]) => isAfter(id, waiting.afterId));
      if (fresh.length === 0) continue;
      delete reader.waiting;
      waiting.resolve([[streamKey, fresh]]);
    }
  }

  #state(reader: object): Reader {
    let state = this.#readers.get(reader);
    if (!state) {
      let setPlaced = () => {};
      const placed = new Promise<void>((resolve) => {
        setPlaced = resolve;
      });
      state = { placed, setPlaced };
      this.#readers.set(reader, state);
    }
    return state;
  }
}

/** Compares stream ids, `<milliseconds>-<counter>`; a missing counter is 0, as Redis reads it. */
export function isAfter(id: string, other: string): boolean {
  const [time, counter] = parts(id);
  const [otherTime, otherCounter] = parts(other);
  return time === otherTime ? counter > otherCounter : time > otherTime;
}

function parts(id: string): [bigint, bigint] {
  const [time = '0', counter = '0'] = id.split('-');
  return [BigInt(time), BigInt(counter)];
}
