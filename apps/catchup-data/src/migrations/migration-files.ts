import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MigrationError } from './migration-error.js';

export interface MigrationFile {
  readonly number: number;
  readonly name: string;
  readonly script: string;
  /** SHA-256 of the script, in hexadecimal. */
  readonly checksum: string;
}

/** Beside `src` and `dist`. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../migrations', import.meta.url));

const NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;

/**
 * Reads `0001_….sql` and those that follow, in their order.
 *
 * @throws MigrationError where a name is malformed, a number missing or taken twice
 */
export async function readMigrations(folder: string): Promise<MigrationFile[]> {
  const names = (await readdir(folder)).sort();
  return Promise.all(
    names.map(async (name, index) => {
      const number = Number(NAME.exec(name)?.[1]);
      if (number !== index + 1)
        throw new MigrationError(
          name,
          'misnamed',
          `it is not named ${String(index + 1).padStart(4, '0')}_name.sql`,
        );
      // Git may write other line ends on another system.
      const script = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n');
      return { number, name, script, checksum: createHash('sha256').update(script).digest('hex') };
    }),
  );
}
