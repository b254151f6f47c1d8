/** What a collection knows of one item. Deleted items stay as tombstones: an incremental answer has to tell of them. */
export interface VersionedItem<T> {
  readonly key: string;
  /** Given once, at the first write, and never changed: the order in which lists are paged. */
  readonly ordinal: number;
  readonly version: number;
  readonly deleted: boolean;
  readonly value: T;
}

/**
 * Items with one counter for all of them. Every write takes the next version, so that "all with a version above N" is
 * exactly what changed since N, and pages in the order of ordinals neither skip nor repeat what others write meanwhile.
 */
export interface VersionedCollection<T> {
  readonly version: number;
  get(key: string): VersionedItem<T> | undefined;
  /** In the order of ordinals, tombstones included. */
  items(): readonly VersionedItem<T>[];
  put(key: string, value: T): VersionedItem<T>;
  /** Leaves a tombstone that holds the given value, by default the last one. False where nothing lives. */
  remove(key: string, tombstone?: T): boolean;
  /** Takes an item away without a trace: no list will tell of it. */
  forget(key: string): void;
}

export function createVersionedCollection<T>(): VersionedCollection<T> {
  const byKey = new Map<string, VersionedItem<T>>();
  let version = 0;
  let nextOrdinal = 0;

  const write = (key: string, value: T, deleted: boolean): VersionedItem<T> => {
    version += 1;
    const ordinal = byKey.get(key)?.ordinal ?? nextOrdinal++;
    const item = { key, ordinal, version, deleted, value };
    // A Map keeps the place of a key that is set again, so the order of insertion is the order of ordinals.
    byKey.set(key, item);
    return item;
  };

  return {
    get version() {
      return version;
    },
    get: (key) => byKey.get(key),
    items: () => [...byKey.values()],
    put: (key, value) => write(key, value, false),
    remove(key, tombstone) {
      const found = byKey.get(key);
      if (!found || found.deleted) return false;
      write(key, tombstone ?? found.value, true);
      return true;
    },
    forget: (key) => void byKey.delete(key),
  };
}
