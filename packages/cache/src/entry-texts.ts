import type { CacheKeys } from './cache-keys.js';
import type { EntryPolicy } from './entries.js';
import type { Envelopes } from './envelope/envelopes.js';
import type { StandardSchema } from './standard-schema.js';
import type { StatisticsRecorder } from './statistics.js';
import { readEntry, writeEntry, type StoredEntry } from './stored-entry.js';

/** Entries as the texts that stand in Redis: a line about the entry and its value, in an envelope. */
export interface EntryTexts {
  /** @throws SensitiveValueRefusedError, UnsealableValueError */
  write(key: string, entry: StoredEntry, policy: EntryPolicy): Promise<string>;
  /** What does not read as an entry of this key is counted, and undefined. */
  read(key: string, text: string, policy: EntryPolicy): Promise<StoredEntry | undefined>;
}

export function createEntryTexts(
  envelopes: Envelopes,
  keys: CacheKeys,
  statistics: StatisticsRecorder,
): EntryTexts {
  const haveScopes = (tags: StoredEntry['tags']) => {
    try {
      Object.keys(tags).forEach(keys.tagScope);
      return true;
    } catch {
      return false;
    }
  };

  return {
    write: (key, entry, { isSensitive }) => envelopes.seal(writeEntry(entry), { key, isSensitive }),
    async read(key, text, { isSensitive, schema }) {
      const opened = await envelopes.open(text, { key, isSensitive });
      if (opened.fault !== undefined) {
        statistics.entryFault(opened.fault);
        return undefined;
      }
      const entry = readEntry(opened.value);
      const value = entry && parsed(entry.text);
      if (!value || !haveScopes(entry.tags)) {
        statistics.entryFault('malformed');
        return undefined;
      }
      if (schema && !(await fits(schema, value.json))) {
        statistics.entryFault('unfit');
        return undefined;
      }
      return entry;
    },
  };
}

/** A schema that throws over a value has not accepted it. */
async function fits(schema: StandardSchema, json: unknown): Promise<boolean> {
  try {
    return !(await schema['~standard'].validate(json)).issues;
  } catch {
    return false;
  }
}

function parsed(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
