import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultCacheFolder } from './cache-folder.js';
import { RedisStartError } from './errors.js';
import { findRedisServer, type RedisServerBinary } from './find-redis-server.js';
import { onFreePort } from './free-port.js';
import { startGuarded, type GuardedProcess } from './guarded-process.js';
import { respRequest } from './resp-request.js';

export interface StartRedisOptions {
  /**
   * redis.conf directives over the defaults (`save ""`, `appendonly no`, `maxmemory-policy noeviction`), e.g.
   * `{ appendonly: 'yes' }`. A value is written as redis.conf has it, so `'900 1'` is two arguments. `port`,
   * `bind`, `dir`, `daemonize` and `logfile` are not yours to set.
   */
  readonly settings?: Readonly<Record<string, string>>;
  /** The server to start; found or fetched when absent. */
  readonly binary?: RedisServerBinary;
  /** How long the server may take to answer, loading its data included. Default 30 000. */
  readonly readyTimeoutMs?: number;
  /** Where the port comes from, asked again when it turns out to be taken. Default: the system. */
  readonly findPort?: () => Promise<number>;
}

/** A Redis server of our own on 127.0.0.1. It dies with this process, however this process ends. */
export interface RedisServer {
  /** `redis://127.0.0.1:PORT`, with the password when `requirepass` is set. */
  readonly url: string;
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Changes with every restart. */
  readonly pid: number;
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

const OURS = ['port', 'bind', 'dir', 'daemonize', 'logfile'];
const PORT_ATTEMPTS = 5;
const LOG_TAIL_LINES = 15;

/**
 * Starts a Redis server on a free port of 127.0.0.1 and waits until it answers.
 *
 * @throws {RedisServerNotFoundError} when there is none to start.
 * @throws {RedisStartError} when it does not come up.
 */
export async function startRedis(options: StartRedisOptions = {}): Promise<RedisServer> {
  const { settings = {}, readyTimeoutMs = 30_000, findPort } = options;
  for (const [name, value] of Object.entries(settings)) {
    if (OURS.includes(name.toLowerCase())) throw new TypeError(`settings: "${name}" cannot be set`);
    if (!/^[a-z0-9-]+$/i.test(name)) throw new TypeError(`settings: "${name}" is no redis.conf directive`);
    if (/[\r\n]/.test(value)) throw new TypeError(`settings: the value of "${name}" has more than one line`);
  }
  const binary = options.binary ?? (await findRedisServer());
  const data = join(defaultCacheFolder(), 'data');
  await mkdir(data, { recursive: true });
  const folder = await mkdtemp(join(data, 'redis-'));

  const password = settings.requirepass?.replace(/^"(.*)"$/, '$1');
  const launch = async (port: number): Promise<GuardedProcess> => {
    await writeFile(join(folder, 'redis.conf'), redisConf(port, folder, settings));
    const server = startGuarded({
      path: binary.path,
      args: [join(folder, 'redis.conf')],
      env: { ...process.env, ...binary.env },
      folder,
      logFile: join(folder, 'redis.log'),
    });
    try {
      await untilReady(server, port, password, readyTimeoutMs);
      return server;
    } catch (error) {
      await server.end('SIGKILL');
      const log = await logTail(folder);
      throw new RedisStartError(`${binary.path} did not start on port ${port}: ${String(error)}`, log, {
        cause: error,
      });
    }
  };

  const { port, value } = await onFreePort({
    use: launch,
    isTaken: (error) => error instanceof RedisStartError && isPortTaken(error.logTail),
    attempts: PORT_ATTEMPTS,
    find: findPort,
  }).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  let running = value;
  return {
    url: `redis://${password ? `:${encodeURIComponent(password)}@` : ''}127.0.0.1:${port}`,
    host: '127.0.0.1',
    port,
    get pid() {
      return running.pid;
    },
    folder,
    async stop() {
      await running.end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
    kill: () => running.end('SIGKILL'),
    async restart({ kill = false } = {}) {
      await running.end(kill ? 'SIGKILL' : 'SIGTERM');
      running = await launch(port);
    },
  };
}

function redisConf(port: number, folder: string, settings: Readonly<Record<string, string>>): string {
  const directives: Record<string, string> = {
    save: '',
    appendonly: 'no',
    'maxmemory-policy': 'noeviction',
    ...settings,
    bind: '127.0.0.1',
    port: String(port),
    dir: JSON.stringify(folder),
    daemonize: 'no',
  };
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value || '""'}\n`)
    .join('');
}

/** Waits for PONG from this very process: the port may have gone to somebody else's Redis in between. */
async function untilReady(
  server: GuardedProcess,
  port: number,
  password: string | undefined,
  timeoutMs: number,
): Promise<void> {
  const commands = [['PING'], ['INFO', 'server']];
  if (password) commands.unshift(['AUTH', password]);
  const deadline = Date.now() + timeoutMs;
  let last = 'no answer';
  const end = new AbortController();
  void server.exited.then(() => end.abort(new Error('it exited')));
  while (Date.now() < deadline) {
    if (server.hasExited) throw new Error('it exited');
    try {
      const replies = await respRequest({
        port,
        commands,
        timeoutMs: Math.min(timeoutMs, 2_000),
        signal: end.signal,
      });
      const [pong, info = ''] = replies.slice(-2);
      if (pong === 'PONG') {
        if (new RegExp(`^process_id:${server.pid}\\r?$`, 'm').test(info)) return;
        last = 'another server answered on this port';
      } else last = String(pong);
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await sleep(10);
  }
  throw new Error(`not ready within ${timeoutMs} ms, last: ${last}`);
}

function isPortTaken(log: string): boolean {
  return /address already in use|could not create server tcp listening socket/i.test(log);
}

async function logTail(folder: string): Promise<string> {
  const log = await readFile(join(folder, 'redis.log'), 'utf8').catch(() => '');
  return log.trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
}
