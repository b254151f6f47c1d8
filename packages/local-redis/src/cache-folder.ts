import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Where fetched servers and the data of running ones live: `.cache/redis` of the project this package is part of
 * or installed in (the nearest folder above with a package-lock.json), else a folder in the system's tmp.
 */
export function defaultCacheFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package-lock.json'))) return join(folder, '.cache', 'redis');
    if (folder === dirname(folder)) return join(tmpdir(), 'switchyard-redis');
  }
}
