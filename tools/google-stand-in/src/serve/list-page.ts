type SortKey = readonly (string | number)[];

export interface Row<T> {
  readonly sortKey: SortKey;
  readonly value: T;
}

/** The rows behind `after`, at most `size` of them; `last` is set where more follow. */
export function listPage<T>(
  rows: readonly Row<T>[],
  after: SortKey | undefined,
  size: number,
): { readonly values: T[]; readonly last?: SortKey } {
  const sorted = [...rows].sort((one, other) => compareKeys(one.sortKey, other.sortKey));
  const behind = after ? sorted.filter((row) => compareKeys(row.sortKey, after) > 0) : sorted;
  const page = behind.slice(0, size);
  const values = page.map((row) => row.value);
  return behind.length > page.length ? { values, last: page.at(-1)!.sortKey } : { values };
}

function compareKeys(one: SortKey, other: SortKey): number {
  for (const [at, part] of one.entries()) {
    const otherPart = other[at] ?? '';
    if (part !== otherPart) return part < otherPart ? -1 : 1;
  }
  return 0;
}
