import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onFreePort } from '@switchyard/local-server';
import { findRedisServer, type RedisServerBinary } from './find-redis-server.js';
import { isPortTaken, startRedisProcess } from './redis-process.js';
import { makeSelfSignedCertificate } from './self-signed-certificate.js';
import { makeServerFolder } from './server-folder.js';

/** A user of Redis's access control lists, besides the default one. */
export interface RedisUser {
  readonly name: string;
  readonly password: string;
  /** What it may do, as `ACL SETUSER` has it: `~app:* +@all -@dangerous`. */
  readonly rules: string;
}

export interface StartRedisOptions {
  /**
   * redis.conf directives over the defaults (`save ""`, `appendonly no`, `maxmemory-policy noeviction`), e.g.
   * `{ appendonly: 'yes' }`. A value is written as redis.conf has it, so `'900 1'` is two arguments. `port`,
   * `bind`, `dir`, `daemonize`, `logfile` and what the other options set are not yours to set.
   */
  readonly settings?: Readonly<Record<string, string>>;
  readonly users?: readonly RedisUser[];
  /** Speak TLS, and nothing else, on its port, with a certificate made for this server. */
  readonly tls?: boolean;
  /** Listen on a Unix socket as well. */
  readonly unixSocket?: boolean;
  /** The server to start; found or fetched when absent. */
  readonly binary?: RedisServerBinary;
  /** How long the server may take to answer, loading its data included. Default 30 000. */
  readonly readyTimeoutMs?: number;
  /** Where the port comes from, asked again when it turns out to be taken. Default: the system. */
  readonly findPort?: () => Promise<number>;
}

/** A Redis server of our own on 127.0.0.1. It dies with this process, however this process ends. */
export interface RedisServer {
  /** `redis://127.0.0.1:PORT`, `rediss://` with TLS; with the password when `requirepass` is set. */
  readonly url: string;
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Changes with every restart. */
  readonly pid: number;
  /** The certificate a client has to trust (`tls: { ca }`), PEM; only with TLS. */
  readonly ca?: string;
  /** Only with `unixSocket`. */
  readonly socketPath?: string;
  /** Data, redis.conf and redis.log; removed by `stop`. */
  readonly folder: string;
  /** Shuts the server down gracefully and removes its folder. Calling it again does nothing. */
  stop(): Promise<void>;
  /** SIGKILL; the folder stays, for `restart`. */
  kill(): Promise<void>;
  /**
   * Starts the server again on the same port and folder, after a graceful shutdown or, with `kill`, a SIGKILL.
   * Only data written to disk survives (`{ appendonly: 'yes' }`).
   *
   * @throws {RedisStartError} when it does not come up, for one because somebody took the port.
   */
  restart(options?: { readonly kill?: boolean }): Promise<void>;
}

const OURS = ['port', 'bind', 'dir', 'daemonize', 'logfile', 'user', 'unixsocket', 'tls-port'];
const PORT_ATTEMPTS = 5;

/**
 * Starts a Redis server on a free port of 127.0.0.1 and waits until it answers.
 *
 * @throws {RedisServerNotFoundError} when there is none to start.
 * @throws {RedisStartError} when it does not come up.
 */
export async function startRedis(options: StartRedisOptions = {}): Promise<RedisServer> {
  const { settings = {}, users = [], tls = false, unixSocket = false, readyTimeoutMs = 30_000 } = options;
  checkSettings(settings);
  const binary = options.binary ?? (await findRedisServer());
  const folder = await makeServerFolder({ forSocket: unixSocket });
  const socketPath = unixSocket ? join(folder, 'redis.sock') : undefined;
  const password = settings.requirepass?.replace(/^"(.*)"$/, '$1');
  const ca = tls ? await writeCertificate(folder) : undefined;

  const launch = (port: number) =>
    startRedisProcess({
      binary,
      folder,
      directives: [
        ...Object.entries({
          save: '',
          appendonly: 'no',
          'maxmemory-policy': 'noeviction',
          ...settings,
          ...(socketPath && { unixsocket: JSON.stringify(socketPath) }),
          ...(tls ? tlsDirectives(port, folder) : { port: String(port) }),
          bind: '127.0.0.1',
          dir: JSON.stringify(folder),
          daemonize: 'no',
        }),
        ...users.map((user) => ['user', userRule(user)] as const),
      ],
      port,
      password,
      ca,
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
  const relaunch = async (signal: 'SIGTERM' | 'SIGKILL') => {
    await running.end(signal);
    running = await launch(port);
  };
  const login = password ? `:${encodeURIComponent(password)}@` : '';
  return {
    url: `${tls ? 'rediss' : 'redis'}://${login}127.0.0.1:${port}`,
    host: '127.0.0.1',
    port,
    get pid() {
      return running.pid;
    },
    ca,
    socketPath,
    folder,
    async stop() {
      // Or else a server that is about to come up would outlive its folder.
      await restarting.catch(() => undefined);
      await running.end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
    kill: () => running.end('SIGKILL'),
    restart({ kill = false } = {}) {
      restarting = restarting.catch(() => undefined).then(() => relaunch(kill ? 'SIGKILL' : 'SIGTERM'));
      return restarting;
    },
  };
}

function checkSettings(settings: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(settings)) {
    if (OURS.includes(name.toLowerCase())) throw new TypeError(`settings: "${name}" cannot be set`);
    if (!/^[a-z0-9-]+$/i.test(name)) throw new TypeError(`settings: "${name}" is no redis.conf directive`);
    if (/[\r\n]/.test(value)) throw new TypeError(`settings: the value of "${name}" has more than one line`);
  }
}

/** The hash spares the password the quoting of redis.conf. */
function userRule({ name, password, rules }: RedisUser): string {
  if (!/^[\w.-]+$/.test(name)) throw new TypeError(`users: "${name}" cannot be a name here`);
  if (/[\r\n]/.test(rules)) throw new TypeError(`users: the rules of "${name}" have more than one line`);
  return `${name} on #${createHash('sha256').update(password).digest('hex')} ${rules}`;
}

async function writeCertificate(folder: string): Promise<string> {
  const { certificate, privateKey } = makeSelfSignedCertificate();
  await writeFile(join(folder, 'server.crt'), certificate);
  await writeFile(join(folder, 'server.key'), privateKey, { mode: 0o600 });
  return certificate;
}

function tlsDirectives(port: number, folder: string): Record<string, string> {
  return {
    port: '0',
    'tls-port': String(port),
    'tls-cert-file': JSON.stringify(join(folder, 'server.crt')),
    'tls-key-file': JSON.stringify(join(folder, 'server.key')),
    'tls-ca-cert-file': JSON.stringify(join(folder, 'server.crt')),
    // Clients log in with a password, if at all.
    'tls-auth-clients': 'no',
    'tls-replication': 'yes',
  };
}
