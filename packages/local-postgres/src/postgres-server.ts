import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { onFreePort } from '@switchyard/local-server';
import { createDatabase, type CreateDatabaseOptions, type PostgresDatabase } from './create-database.js';
import { makeServerFolder, USER } from './data-folder.js';
import { findPostgres, type PostgresBinaries } from './find-postgres.js';
import { findHomeFolder } from './home-folder.js';
import { isPortTaken, startPostgresProcess } from './postgres-process.js';
import { findServerOwner } from './server-owner.js';

export interface StartPostgresOptions {
  /**
   * Settings of postgresql.conf over the defaults (README), e.g. `{ max_connections: '20' }`. `port`,
   * `listen_addresses`, `unix_socket_directories` and what names a file or a folder are not yours to set.
   */
  readonly settings?: Readonly<Record<string, string>>;
  /** What to start; found or fetched when absent. */
  readonly binaries?: PostgresBinaries;
  /** How long the server may take to answer, recovery included. Default 60 000. */
  readonly readyTimeoutMs?: number;
  /** Where the port comes from, asked again when it turns out to be taken. Default: the system. */
  readonly findPort?: () => Promise<number>;
  /** Hears one line before anything that takes long. */
  readonly onProgress?: (message: string) => void;
}

/** A PostgreSQL server of our own on 127.0.0.1. It dies with this process, however this process ends. */
export interface PostgresServer {
  /** `postgres://postgres:PASSWORD@127.0.0.1:PORT/postgres`, of a superuser. */
  readonly url: string;
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** `15.18` */
  readonly version: string;
  /** Changes with every restart. */
  readonly pid: number;
  /** Data and log; removed by `stop`. */
  readonly folder: string;
  /**
   * Creates a database. Default name: one that this server has not had.
   *
   * @throws {PostgresNotReachableError} when the server is gone.
   * @throws DatabaseError of pg, for one because the name is taken or somebody is connected to the template.
   */
  createDatabase(name?: string, options?: CreateDatabaseOptions): Promise<PostgresDatabase>;
  /** Ends all connections, shuts the server down and removes its folder. Calling it again does nothing. */
  stop(): Promise<void>;
  /** Ends it as a crash would: nothing is written down any more. The folder stays, for `restart`. */
  kill(): Promise<void>;
  /**
   * Starts the server again on the same port and folder, after a shutdown or, with `kill`, a crash, from which it
   * recovers. What was committed survives either.
   *
   * @throws {PostgresStartError} when it does not come up, for one because somebody took the port.
   */
  restart(options?: { readonly kill?: boolean }): Promise<void>;
}

/**
 * Nothing here has to survive the loss of power, so nothing waits for a disk. Commits are still written before they are
 * answered, so that they survive a crash of the server.
 */
const DEFAULTS = {
  fsync: 'off',
  full_page_writes: 'off',
  // The compiler is over 100 MB, is not fetched, and takes longer than most queries of a test.
  jit: 'off',
  shared_buffers: '32MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
};
const OURS = ['port', 'listen_addresses', 'lc_messages', 'logging_collector', 'log_destination'];
const PORT_ATTEMPTS = 5;

/**
 * Starts a PostgreSQL server on a free port of 127.0.0.1 and waits until it takes connections.
 *
 * @throws {PostgresNotFoundError} when there is none to start.
 * @throws {PostgresStartError} when it does not come up.
 */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<PostgresServer> {
  const { settings = {}, readyTimeoutMs = 60_000 } = options;
  checkSettings(settings);
  const owner = await findServerOwner();
  const binaries = options.binaries ?? (await findPostgres({ onProgress: options.onProgress }));
  const { folder, password } = await makeServerFolder(await findHomeFolder(owner), binaries, owner);

  const launch = (port: number) =>
    startPostgresProcess({
      binaries,
      owner,
      folder,
      settings: {
        ...DEFAULTS,
        ...settings,
        port: String(port),
        listen_addresses: '127.0.0.1',
        // A socket's path may not be long, and who knows a folder's is not asked for more.
        unix_socket_directories: '',
        lc_messages: 'C',
      },
      port,
      readyTimeoutMs,
    });

  const { port, value } = await onFreePort({
    use: launch,
    isTaken: isPortTaken,
    attempts: PORT_ATTEMPTS,
    find: options.findPort,
  }).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  let running = value;
  let restarting: Promise<void> = Promise.resolve();
  const relaunch = async (signal: 'SIGINT' | 'SIGQUIT') => {
    await running.end(signal);
    running = await launch(port);
  };
  const url = `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`;
  return {
    url,
    host: '127.0.0.1',
    port,
    user: USER,
    password,
    version: binaries.version,
    get pid() {
      return running.pid;
    },
    folder,
    createDatabase: (name, template) => createDatabase(url, name ?? newName(), template),
    async stop() {
      // Or else a server that is about to come up would outlive its folder.
      await restarting.catch(() => undefined);
      await running.end('SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
    kill: () => running.end('SIGQUIT'),
    restart({ kill = false } = {}) {
      restarting = restarting.catch(() => undefined).then(() => relaunch(kill ? 'SIGQUIT' : 'SIGINT'));
      return restarting;
    },
  };
}

const newName = () => `database_${randomBytes(6).toString('hex')}`;

function checkSettings(settings: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(settings)) {
    const lower = name.toLowerCase();
    if (!/^[a-z][\w.]*$/.test(lower)) throw new TypeError(`settings: "${name}" is no setting of PostgreSQL`);
    if (OURS.includes(lower) || /_(file|director(y|ies))$/.test(lower)) {
      throw new TypeError(`settings: "${name}" cannot be set`);
    }
  }
}
