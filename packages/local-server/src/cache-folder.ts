import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Where fetched servers of a kind and the data of running ones live: `.cache/<kind>` of the project this package is
 * part of or installed in (the nearest folder above with a package-lock.json), else a folder in the system's tmp.
 */
export function cacheFolderOf(kind: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package-lock.json'))) return join(folder, '.cache', kind);
    if (folder === dirname(folder)) return join(tmpdir(), `switchyard-${kind}`);
  }
}
