import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { access, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeFolderOnce, readOsRelease, type ProcessOwner } from '@switchyard/local-server';
import { PostgresStartError } from './errors.js';
import type { PostgresBinaries } from './find-postgres.js';
import { makeOpenFolder } from './home-folder.js';
import { postgresEnv } from './postgres-process.js';

const execute = promisify(execFile);

/** The superuser of every server. */
export const USER = 'postgres';

const INITDB = [
  `--username=${USER}`,
  // Whoever is on this machine can connect to its loopback, and a superuser runs programs as the server's user.
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  // Sorts by bytes and knows the letters of all languages, on every system alike.
  '--locale=C',
  `--lc-ctype=${process.platform === 'darwin' ? 'UTF-8' : 'C.UTF-8'}`,
  // Less to copy for each server: 1 MB instead of 16.
  '--wal-segsize=1',
  '--no-sync',
  '--no-instructions',
];

export interface ServerFolder {
  /** Holds `data`; the log is written beside it. */
  readonly folder: string;
  readonly password: string;
}

/**
 * A new folder with data of its own for a server. Initialising takes two seconds, so it is done once for each version
 * and then copied; servers that are copies of the same one share its password, which only we can read.
 *
 * @throws {PostgresStartError} when initdb fails.
 */
export async function makeServerFolder(
  home: string,
  binaries: PostgresBinaries,
  owner: ProcessOwner | undefined,
): Promise<ServerFolder> {
  const made = createHash('sha256').update(INITDB.join(' ')).digest('hex').slice(0, 8);
  const { label } = await readOsRelease();
  const template = join(home, `template-${binaries.version}-${label}-${made}`);
  await makeOpenFolder(home);
  await makeFolderOnce({
    folder: template,
    isWhole: (folder) => exists(passwordFile(folder)),
    make: (target, work) => initialise(target, work, binaries, owner),
  });
  await makeOpenFolder(join(home, 'data'));
  const folder = await mkdtemp(join(home, 'data', 'postgres-'));
  try {
    if (owner) await chown(folder, owner.uid, owner.gid);
    // Keeps the owner and the modes, which a server insists on.
    await execute('cp', ['-a', join(template, 'data'), join(folder, 'data')]);
    return { folder, password: await readFile(passwordFile(template), 'utf8') };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

const passwordFile = (template: string) => join(template, 'password');

async function initialise(
  target: string,
  work: string,
  { binFolder, env }: PostgresBinaries,
  owner: ProcessOwner | undefined,
): Promise<void> {
  const password = randomBytes(24).toString('base64url');
  const pwfile = join(work, 'password');
  await mkdir(target, { mode: 0o700 });
  await writeFile(pwfile, password, { mode: 0o600 });
  if (owner) for (const path of [work, target, pwfile]) await chown(path, owner.uid, owner.gid);
  const initdb = join(binFolder, 'initdb');
  await execute(initdb, [...INITDB, `--pwfile=${pwfile}`, '-D', join(target, 'data')], {
    cwd: work,
    env: { ...postgresEnv(), ...env },
    ...owner,
  }).catch((error: Error & { stdout?: string; stderr?: string }) => {
    throw new PostgresStartError(`${initdb} failed`, `${error.stdout ?? ''}${error.stderr ?? ''}`.trim(), {
      cause: error,
    });
  });
  // Back from the one it was lent to, who may own other programs' processes as well.
  if (owner) await chown(target, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
  await writeFile(passwordFile(target), password, { mode: 0o600 });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
