/** What an entry in Redis says of itself, beside its value. */
export interface StoredEntry {
  readonly expiresAtMs: number;
  readonly staleUntilMs: number;
  /** The user's generation that it was written under; null for entries of nobody in particular. */
  readonly generation: string | null;
  /** Its tags and their generations. */
  readonly tags: Readonly<Record<string, string>>;
  /** The value's JSON. */
  readonly text: string;
}

/** A line of JSON about the entry, then the value's JSON as it is, so that neither is escaped or parsed twice. */
export function writeEntry({ expiresAtMs, staleUntilMs, generation, tags, text }: StoredEntry): string {
  return `${JSON.stringify([expiresAtMs, staleUntilMs, generation, tags])}\n${text}`;
}

/** @returns undefined for anything that {@link writeEntry} has not written */
export function readEntry(stored: string): StoredEntry | undefined {
  const end = stored.indexOf('\n');
  if (end < 0) return undefined;
  try {
    const about: unknown = JSON.parse(stored.slice(0, end));
    if (!Array.isArray(about)) return undefined;
    const [expiresAtMs, staleUntilMs, generation, tags] = about as unknown[];
    const isGood =
      Number.isFinite(expiresAtMs) &&
      Number.isFinite(staleUntilMs) &&
      (generation === null || typeof generation === 'string') &&
      isTagRecord(tags);
    if (!isGood) return undefined;
    return { expiresAtMs, staleUntilMs, generation, tags, text: stored.slice(end + 1) } as StoredEntry;
  } catch {
    return undefined;
  }
}

function isTagRecord(tags: unknown): boolean {
  return (
    typeof tags === 'object' &&
    tags !== null &&
    !Array.isArray(tags) &&
    Object.values(tags).every((generation) => typeof generation === 'string')
  );
}
