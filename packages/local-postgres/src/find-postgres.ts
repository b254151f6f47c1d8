import { execFile } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import {
  fetchDebianProgram,
  isExecutable,
  readOsRelease,
  type OsRelease,
  type ProcessOwner,
} from '@switchyard/local-server';
import { binFoldersIn, DEBIAN_FOLDER, debianPostgres } from './debian-postgres.js';
import { PostgresNotFoundError } from './errors.js';
import { findHomeFolder } from './home-folder.js';
import { installAdvice } from './install-advice.js';
import { findServerOwner } from './server-owner.js';

const execute = promisify(execFile);

/** A PostgreSQL that can be started: a folder with `postgres` and `initdb`. */
export interface PostgresBinaries {
  readonly binFolder: string;
  /** `15.18`, as `postgres --version` has it. */
  readonly version: string;
  /** What both need in their environment, e.g. where unpacked libraries are. */
  readonly env: Readonly<Record<string, string>>;
  readonly source: 'POSTGRES_BIN_DIR' | 'PATH' | 'installed' | 'fetched';
}

export interface FindPostgresOptions {
  /** Where POSTGRES_BIN_DIR and PATH are read. Default: this process's environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Where a fetched PostgreSQL is kept. Default: `.cache/postgres` of this project, or a folder in tmp (README). */
  readonly cacheFolder?: string;
  /** Hears one line before anything that takes long. */
  readonly onProgress?: (message: string) => void;
}

/**
 * Finds a PostgreSQL: in `POSTGRES_BIN_DIR`, else a folder of PATH with `postgres` and `initdb`, else the newest in
 * `/usr/lib/postgresql`, else, on Debian and Ubuntu, the distribution's packages unpacked into the cache folder (no root,
 * no service). It has to run as the user that a server would run as. Safe to call from several processes at once.
 *
 * @throws {PostgresNotFoundError} with what to install on this system.
 */
export async function findPostgres(options: FindPostgresOptions = {}): Promise<PostgresBinaries> {
  return searchPostgres({
    env: process.env,
    onProgress: () => undefined,
    ...options,
    owner: await findServerOwner(),
    os: await readOsRelease(),
    installedFolder: join('/', DEBIAN_FOLDER),
  });
}

export interface PostgresSearch extends FindPostgresOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (message: string) => void;
  /** Who will run it; undefined is this process's own user. */
  readonly owner: ProcessOwner | undefined;
  readonly os: OsRelease;
  /** The folder with one folder for each installed version. */
  readonly installedFolder: string;
}

/** As `findPostgres`, on a system and for a user that are told. */
export async function searchPostgres(search: PostgresSearch): Promise<PostgresBinaries> {
  const { env, owner, os, installedFolder } = search;
  // What starts a server, and guards it, is a Unix shell.
  if (os.id === 'win32') throw new PostgresNotFoundError(installAdvice(os));
  const named = env.POSTGRES_BIN_DIR;
  if (named) {
    const binaries = await binariesIn(named, 'POSTGRES_BIN_DIR', owner);
    if (binaries) return binaries;
    const who = owner ? ` as the user with id ${owner.uid}, since PostgreSQL refuses root` : '';
    throw new PostgresNotFoundError(`POSTGRES_BIN_DIR=${named} has no postgres and initdb that run${who}.`);
  }
  for (const folder of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const binaries = await binariesIn(folder, 'PATH', owner);
    if (binaries) return binaries;
  }
  for (const folder of await binFoldersIn(installedFolder)) {
    const binaries = await binariesIn(folder, 'installed', owner);
    if (binaries) return binaries;
  }
  if (!os.isDebianLike) throw new PostgresNotFoundError(installAdvice(os));
  return fetchPostgres(search);
}

async function fetchPostgres(search: PostgresSearch): Promise<PostgresBinaries> {
  const { os, owner, cacheFolder, env, onProgress } = search;
  let reason: unknown = 'it does not run here';
  try {
    const program = await fetchDebianProgram({
      program: debianPostgres,
      os,
      cacheFolder: cacheFolder ?? (await findHomeFolder(owner)),
      env,
      onProgress,
    });
    const binaries = await binariesIn(dirname(program.path), 'fetched', owner, program.env);
    if (binaries) return binaries;
  } catch (cause) {
    reason = cause;
  }
  const text = reason instanceof Error ? reason.message : String(reason);
  throw new PostgresNotFoundError(`${installAdvice(os)}\nFetching the package failed: ${text}`, {
    cause: reason,
  });
}

/** Runs both once, as the server's owner: a folder that is closed to that user counts as none. */
async function binariesIn(
  binFolder: string,
  source: PostgresBinaries['source'],
  owner: ProcessOwner | undefined,
  env: Readonly<Record<string, string>> = {},
): Promise<PostgresBinaries | undefined> {
  const answers: string[] = [];
  for (const name of ['initdb', 'postgres']) {
    const path = join(binFolder, name);
    if (!(await isExecutable(path))) return undefined;
    const run = execute(path, ['--version'], { cwd: '/', env: { ...process.env, ...env }, ...owner });
    const answer = await run.catch(() => undefined);
    if (!answer) return undefined;
    answers.push(answer.stdout);
  }
  const version = /PostgreSQL\) (\d+(?:\.\d+|\w+))/.exec(answers[1] ?? '')?.[1];
  return version === undefined ? undefined : { binFolder, version, env, source };
}
