import { execFile } from 'node:child_process';
import { chmod, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolderOf, type ProcessOwner } from '@switchyard/local-server';
import { PostgresStartError } from './errors.js';

const execute = promisify(execFile);
const IN_TMP = 'switchyard-postgres';

/**
 * Where fetched programs and the data of servers live: `.cache/postgres` of this project. A server that runs as somebody
 * else may not be able to go there, because the project lies below a folder that is closed to others, such as /root; for
 * that one it is a folder in the system's tmp.
 *
 * @throws {PostgresStartError} when the owner can reach none.
 */
export async function findHomeFolder(
  owner: ProcessOwner | undefined,
  candidates: readonly string[] = defaultCandidates(),
): Promise<string> {
  const [own = ''] = candidates;
  if (!owner) return own;
  for (const folder of candidates) {
    if ((await isOurs(folder)) && (await isReachable(folder, owner))) return folder;
  }
  throw new PostgresStartError(
    `the user with id ${owner.uid} that PostgreSQL is to run as can reach none of ${candidates.join(', ')}`,
  );
}

const defaultCandidates = () => [
  cacheFolderOf('postgres'),
  ...[tmpdir(), '/tmp', '/var/tmp'].map((folder) => join(folder, IN_TMP)),
];

/** A folder in tmp may have been put there by anybody: programs are run from one that only we can write to. */
async function isOurs(folder: string): Promise<boolean> {
  try {
    await makeOpenFolder(folder);
    const { uid, mode } = await lstat(folder);
    return uid === process.getuid?.() && (mode & 0o022) === 0;
  } catch {
    return false;
  }
}

/** Makes a folder that everybody can go through, whatever the umask. */
export async function makeOpenFolder(folder: string): Promise<void> {
  if ((await mkdir(folder, { recursive: true })) !== undefined) await chmod(folder, 0o755);
}

/** Asks the system, in the place of that user: modes of the folders above are not all there is to it. */
async function isReachable(folder: string, owner: ProcessOwner): Promise<boolean> {
  return execute('/bin/sh', ['-c', 'cd -- "$0"', folder], { cwd: '/', ...owner }).then(
    () => true,
    () => false,
  );
}
