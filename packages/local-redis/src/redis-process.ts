import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readLogTail, startGuarded, type GuardedProcess } from '@switchyard/local-server';
import { RedisStartError } from './errors.js';
import type { RedisServerBinary } from './find-redis-server.js';
import { respRequest } from './resp-request.js';

export interface RedisProcessOptions {
  readonly binary: RedisServerBinary;
  readonly folder: string;
  /** Name and value of each redis.conf directive, the value as redis.conf has it. */
  readonly directives: readonly (readonly [name: string, value: string])[];
  /** Added to the command line, after the configuration. */
  readonly args?: readonly string[];
  readonly port: number;
  readonly password?: string;
  /** The certificate it shows, PEM, when it speaks TLS. */
  readonly ca?: string;
  readonly readyTimeoutMs: number;
}

/**
 * Starts a server process in its folder and waits until it answers.
 *
 * @throws {RedisStartError} when it does not come up.
 */
export async function startRedisProcess(options: RedisProcessOptions): Promise<GuardedProcess> {
  const { binary, folder, directives, args = [], port } = options;
  const file = join(folder, 'redis.conf');
  const logFile = join(folder, 'redis.log');
  await writeFile(file, directives.map(([name, value]) => `${name} ${value || '""'}\n`).join(''));
  const server = startGuarded({
    path: binary.path,
    args: [file, ...args],
    env: { ...process.env, ...binary.env },
    folder,
    logFile,
  });
  try {
    await untilReady(server, options);
    return server;
  } catch (error) {
    await server.end('SIGKILL');
    const log = await readLogTail(logFile);
    throw new RedisStartError(`${binary.path} did not start on port ${port}: ${String(error)}`, log, {
      cause: error,
    });
  }
}

/** Whether a server did not start because somebody was faster to take its port. */
export function isPortTaken(error: unknown): boolean {
  return (
    error instanceof RedisStartError &&
    /address already in use|could not create server tcp listening socket/i.test(error.logTail)
  );
}

/** Waits for PONG from this very process: the port may have gone to somebody else's Redis in between. */
async function untilReady(server: GuardedProcess, options: RedisProcessOptions): Promise<void> {
  const { port, password, ca, readyTimeoutMs } = options;
  const commands = [['PING'], ['INFO', 'server']];
  if (password) commands.unshift(['AUTH', password]);
  const deadline = Date.now() + readyTimeoutMs;
  let last = 'no answer';
  const end = new AbortController();
  void server.exited.then(() => end.abort(new Error('it exited')));
  while (Date.now() < deadline) {
    if (server.hasExited) throw new Error('it exited');
    try {
      const replies = await respRequest({
        port,
        ca,
        commands,
        timeoutMs: Math.min(readyTimeoutMs, 2_000),
        signal: end.signal,
      });
      const [pong, info] = replies.slice(-2);
      if (pong === 'PONG') {
        if (new RegExp(`^process_id:${server.pid}\\r?$`, 'm').test(String(info))) return;
        last = 'another server answered on this port';
      } else last = String(pong);
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await sleep(10);
  }
  throw new Error(`not ready within ${readyTimeoutMs} ms, last: ${last}`);
}
