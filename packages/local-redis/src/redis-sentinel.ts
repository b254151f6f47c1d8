import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { onFreePort, type GuardedProcess } from '@switchyard/local-server';
import { RedisStartError } from './errors.js';
import { findRedisServer, type RedisServerBinary } from './find-redis-server.js';
import { refusePassword } from './group-settings.js';
import { isPortTaken, startRedisProcess } from './redis-process.js';
import { startRedis, type RedisServer } from './redis-server.js';
import { respRequest, type RespReply } from './resp-request.js';
import { makeServerFolder } from './server-folder.js';

export interface StartRedisSentinelOptions {
  /** What the sentinels call the primary. Default `primary`. */
  readonly name?: string;
  /** Default 1. */
  readonly replicas?: number;
  /** Most of them have to agree before another server is made primary. Default 3. */
  readonly sentinels?: number;
  /** After how long without an answer the primary counts as dead, in ms. Default 1000. */
  readonly downAfterMs?: number;
  /** redis.conf directives for the primary and its replicas. `requirepass` is refused: the sentinels have none. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The server to start; found or fetched when absent. */
  readonly binary?: RedisServerBinary;
  /** How long each of them may take to answer, and all of them to know each other. Default 30 000. */
  readonly readyTimeoutMs?: number;
}

/** A primary, its replicas and the sentinels that watch them, on 127.0.0.1. All die with this process. */
export interface RedisSentinel {
  /** For ioredis: `new Redis({ name, sentinels })`. */
  readonly name: string;
  readonly sentinels: { host: string; port: number }[];
  /** The first primary, then its replicas. */
  readonly servers: readonly RedisServer[];
  /** Who is primary, as the sentinels say. */
  primary(): Promise<RedisServer>;
  stop(): Promise<void>;
}

interface Watcher {
  readonly port: number;
  stop(): Promise<void>;
}

const REPLY_LIMIT_MS = 5_000;
const PORT_ATTEMPTS = 5;

/**
 * Starts one primary, its replicas and sentinels on free ports of 127.0.0.1, and waits until each sentinel knows all
 * the others.
 *
 * @throws {RedisServerNotFoundError} when there is no server to start.
 * @throws {RedisStartError} when one of them does not come up, or they do not find each other in time.
 */
export async function startRedisSentinel(options: StartRedisSentinelOptions = {}): Promise<RedisSentinel> {
  const { name = 'primary', replicas = 1, sentinels = 3, downAfterMs = 1000 } = options;
  const { readyTimeoutMs = 30_000 } = options;
  if (!/^[\w.-]+$/.test(name)) throw new TypeError(`name: "${name}" cannot be one here`);
  for (const [option, count, least] of [
    ['replicas', replicas, 0],
    ['sentinels', sentinels, 1],
  ] as const) {
    if (!Number.isInteger(count) || count < least) throw new TypeError(`${option}: ${count} cannot be`);
  }
  refusePassword(options.settings);
  const binary = options.binary ?? (await findRedisServer());
  // A replica that waits for others to join the transfer is late for nothing.
  const settings = { 'repl-diskless-sync-delay': '0', ...options.settings };
  const opened: { stop(): Promise<void> }[] = [];
  const keep = <T extends { stop(): Promise<void> }>(each: T): T => {
    opened.push(each);
    return each;
  };
  const stop = async () => {
    await Promise.all(opened.splice(0).map((each) => each.stop()));
  };

  try {
    const primary = keep(await startRedis({ binary, settings, readyTimeoutMs }));
    const servers = [primary];
    for (let count = 0; count < replicas; count++) {
      const replicaof = `${primary.host} ${primary.port}`;
      servers.push(keep(await startRedis({ binary, settings: { ...settings, replicaof }, readyTimeoutMs })));
    }
    const quorum = Math.floor(sentinels / 2) + 1;
    const directives = [
      `monitor ${name} ${primary.host} ${primary.port} ${quorum}`,
      `down-after-milliseconds ${name} ${downAfterMs}`,
      `failover-timeout ${name} ${Math.max(4 * downAfterMs, 3000)}`,
    ];
    const watchers: Watcher[] = [];
    for (let count = 0; count < sentinels; count++) {
      watchers.push(keep(await startWatcher(binary, directives, readyTimeoutMs)));
    }
    await untilAcquainted(watchers, name, replicas, readyTimeoutMs);
    return {
      name,
      sentinels: watchers.map(({ port }) => ({ host: '127.0.0.1', port })),
      servers,
      async primary() {
        const [, port] = await ask(watchers, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name);
        const found = servers.find((server) => String(server.port) === port);
        if (!found) throw new Error(`no server of this group has port ${String(port)}`);
        return found;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A sentinel keeps what it learns in its configuration, so each has a folder of its own. */
async function startWatcher(
  binary: RedisServerBinary,
  sentinelDirectives: readonly string[],
  readyTimeoutMs: number,
): Promise<Watcher> {
  const folder = await makeServerFolder();
  const launch = (port: number): Promise<GuardedProcess> =>
    startRedisProcess({
      binary,
      folder,
      directives: [
        ['port', String(port)],
        ['bind', '127.0.0.1'],
        ['dir', JSON.stringify(folder)],
        ['daemonize', 'no'],
        ...sentinelDirectives.map((directive) => ['sentinel', directive] as const),
      ],
      args: ['--sentinel'],
      port,
      readyTimeoutMs,
    });
  const remove = () => rm(folder, { recursive: true, force: true });
  const { port, value: running } = await onFreePort({
    use: launch,
    isTaken: isPortTaken,
    attempts: PORT_ATTEMPTS,
  }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  return {
    port,
    async stop() {
      await running.end('SIGTERM');
      await remove();
    },
  };
}

async function untilAcquainted(
  watchers: readonly Watcher[],
  name: string,
  replicas: number,
  limitMs: number,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  const isAcquainted = async (watcher: Watcher) => {
    const fields = await ask([watcher], 'SENTINEL', 'MASTER', name);
    const field = (key: string) => Number(fields[fields.indexOf(key) + 1]);
    return field('num-slaves') >= replicas && field('num-other-sentinels') === watchers.length - 1;
  };
  while (!(await Promise.all(watchers.map(isAcquainted))).every(Boolean)) {
    if (Date.now() > deadline) {
      throw new RedisStartError(`the sentinels did not find each other within ${limitMs} ms`);
    }
    await sleep(20);
  }
}

/**
 * Asks the first sentinel that answers.
 *
 * @throws Error of the last one when none does.
 */
async function ask(watchers: readonly Watcher[], ...command: string[]): Promise<readonly RespReply[]> {
  let failure: unknown = new Error('there is no sentinel');
  for (const { port } of watchers) {
    try {
      const [reply = ''] = await respRequest({ port, commands: [command], timeoutMs: REPLY_LIMIT_MS });
      if (typeof reply !== 'string') return reply;
      failure = new Error(`${command.slice(0, 2).join(' ')} on port ${port}: ${reply}`);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
