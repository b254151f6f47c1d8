export interface Union {
  /** Makes them all one. */
  join(keys: readonly string[]): void;
  /** The one key that stands for all that were joined with this. */
  find(key: string): string;
}

/** Disjoint sets of keys, by union by size and path halving (Tarjan and van Leeuwen 1984). */
export function createUnion(): Union {
  const parents = new Map<string, string>();
  const sizes = new Map<string, number>();

  const parentOf = (key: string): string => parents.get(key) ?? key;
  function find(key: string): string {
    let at = key;
    for (let parent = parentOf(at); parent !== at; parent = parentOf(at)) {
      const grandparent = parentOf(parent);
      parents.set(at, grandparent);
      at = grandparent;
    }
    return at;
  }
  function joinTwo(one: string, other: string): void {
    const [a, b] = [find(one), find(other)];
    if (a === b) return;
    const [sizeA, sizeB] = [sizes.get(a) ?? 1, sizes.get(b) ?? 1];
    const [small, large] = sizeA < sizeB ? [a, b] : [b, a];
    parents.set(small, large);
    sizes.set(large, sizeA + sizeB);
  }
  return {
    find,
    join(keys) {
      const [first, ...rest] = keys;
      if (first !== undefined) for (const key of rest) joinTwo(first, key);
    },
  };
}
