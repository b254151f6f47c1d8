import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const STDERR_TAIL_CHARACTERS = 4000;
const STOP_TIMEOUT_MS = 15_000;
const SETTINGS = /^(USE_BULLMQ|REDIS_|UPSTASH_REDIS_|CACHE_ENCRYPTION_KEYS|NODE_ENV)/;

export interface ChildOptions<Message> {
  /** A compiled script: beside this one, such as `./catchup-process.js`, or anywhere by its `file:` URL. */
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  onMessage(message: Message): void;
  /** The process ended before it was asked to. */
  onUnexpectedExit(error: Error): void;
}

export interface Child {
  readonly pid: number;
  send(message: object): void;
  /** Resolves when the process has ended. */
  readonly exited: Promise<void>;
  /** Asks it to end, by message, by SIGTERM or at once, and waits; kills it after 15 s. */
  stop(how: 'message' | 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Starts a Node process that talks to this one. Settings of Redis and flags around us do not reach it. */
export function startChild<Message>(options: ChildOptions<Message>): Child {
  const { script, environment, onMessage, onUnexpectedExit } = options;
  const inherited = Object.entries(process.env).filter(([name]) => !SETTINGS.test(name));
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), [], {
    env: { ...Object.fromEntries(inherited), ...environment },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stopping = false;
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_TAIL_CHARACTERS);
  });
  child.on('message', (message) => onMessage(message as Message));
  child.on('error', (error) => {
    if (!stopping) onUnexpectedExit(error);
  });
  const exited = once(child, 'exit').then(([code, signal]) => {
    if (stopping) return;
    onUnexpectedExit(new Error(`${script} ended by itself (${code ?? signal})\n${stderr}`.trimEnd()));
  });
  const send = (message: object) => {
    // A process that is gone already is told by its exit, not by a failed send.
    if (child.connected) child.send(message, () => undefined);
  };
  return {
    pid: child.pid ?? 0,
    send,
    exited,
    async stop(how) {
      stopping = true;
      if (how === 'message') send({ type: 'stop' });
      else child.kill(how);
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(late);
    },
  };
}
