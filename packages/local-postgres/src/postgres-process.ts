import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readLogTail, startGuarded, type GuardedProcess, type ProcessOwner } from '@switchyard/local-server';
import { PostgresStartError } from './errors.js';
import type { PostgresBinaries } from './find-postgres.js';

export interface PostgresProcessOptions {
  readonly binaries: PostgresBinaries;
  readonly owner: ProcessOwner | undefined;
  /** Holds `data` and the log. */
  readonly folder: string;
  /** By name, over postgresql.conf. */
  readonly settings: Readonly<Record<string, string>>;
  readonly port: number;
  readonly readyTimeoutMs: number;
}

/**
 * Starts a server process on its data and waits until it takes connections.
 *
 * @throws {PostgresStartError} when it does not come up.
 */
export async function startPostgresProcess(options: PostgresProcessOptions): Promise<GuardedProcess> {
  const { binaries, owner, folder, settings, port } = options;
  const path = join(binaries.binFolder, 'postgres');
  const logFile = join(folder, 'postgres.log');
  const server = startGuarded({
    path,
    args: [
      '-D',
      join(folder, 'data'),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    env: { ...postgresEnv(), ...binaries.env },
    folder,
    logFile,
    owner,
    // It ends its children and frees the memory they share, which SIGKILL would leave behind.
    abandonSignal: 'SIGQUIT',
  });
  try {
    await untilReady(server, options);
    return server;
  } catch (error) {
    await server.end('SIGQUIT');
    throw new PostgresStartError(
      `${path} did not start on port ${port}: ${String(error)}`,
      await readLogTail(logFile),
      { cause: error },
    );
  }
}

/** Whether a server did not start because somebody was faster to take its port. */
export function isPortTaken(error: unknown): boolean {
  return error instanceof PostgresStartError && /address already in use/i.test(error.logTail);
}

/** Without what is meant for clients, and with messages that can be told apart. */
export function postgresEnv(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PG'));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}

/**
 * The server itself says in its lock file when it takes connections; the process id in it tells ours from one that
 * left the file behind. So nobody else's server can be taken for it, and none of its connections is spent.
 */
async function untilReady(server: GuardedProcess, options: PostgresProcessOptions): Promise<void> {
  const { folder, readyTimeoutMs } = options;
  const deadline = Date.now() + readyTimeoutMs;
  while (Date.now() < deadline) {
    if (server.hasExited) throw new Error('it exited');
    const lines = await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8').then(
      (text) => text.split('\n'),
      () => [],
    );
    if (lines[0] === String(server.pid) && lines[7]?.trim() === 'ready') return;
    await sleep(10);
  }
  throw new Error(`not ready within ${readyTimeoutMs} ms`);
}
