/**
 * HTTP requests can overtake each other. Writes of one key go one after the other, and who deletes waits for the writes
 * that are on their way.
 */
export interface WriteOrder {
  run<T>(key: string, write: () => Promise<T>): Promise<T>;
  isPending(key: string): boolean;
  /** Settles when the writes under way of these keys have; never rejects. */
  settled(covers: (key: string) => boolean): Promise<void>;
}

export function createWriteOrder(): WriteOrder {
  const last = new Map<string, Promise<unknown>>();
  return {
    async run(key, write) {
      const earlier = last.get(key);
      const turn = (async () => {
        await earlier?.catch(() => undefined);
        return write();
      })();
      last.set(key, turn);
      try {
        return await turn;
      } finally {
        if (last.get(key) === turn) last.delete(key);
      }
    },
    isPending: (key) => last.has(key),
    async settled(covers) {
      await Promise.allSettled([...last].filter(([key]) => covers(key)).map(([, turn]) => turn));
    },
  };
}
