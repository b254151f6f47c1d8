import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ContenderId } from './contender.js';
import type { Answer, OperationName, Operations, Request } from './operations.js';

/** A contender's process, opened on a Redis. */
export interface ContenderHandle {
  readonly pid: number;
  /** Asks for one operation and waits for its answer. Rejects when it fails, when the process ends, and after 3 min. */
  ask<Name extends OperationName>(
    operation: Name,
    args: Operations[Name]['args'],
  ): Promise<Operations[Name]['answer']>;
  /** A signal by name: `SIGSTOP` freezes it, `SIGKILL` ends it like a power cut. */
  signal(signal: NodeJS.Signals): void;
  /** Ends the process and waits until it is gone. Safe to call twice. */
  end(): Promise<void>;
}

/** Frozen ones cannot notice that we are gone. */
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

const PROGRAM = fileURLToPath(new URL('./contender-process.js', import.meta.url));
const ANSWER_LIMIT_MS = 180_000;

export async function startContender(contender: ContenderId, url: string): Promise<ContenderHandle> {
  const child = fork(PROGRAM, [], {
    execArgv: [],
    // Its stdout is not ours to fill: `--json` prints there.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  running.add(child);
  const exited = once(child, 'exit').finally(() => running.delete(child));
  const pending = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  let errors = '';
  let nextId = 0;
  child.stderr?.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4_000)));
  child.on('message', (message: Answer) => {
    const waiting = pending.get(message.id);
    pending.delete(message.id);
    if ('error' in message) waiting?.reject(new Error(`${contender}: ${message.error}`));
    else waiting?.resolve(message.answer);
  });
  child.once('exit', (code, signal) => {
    for (const { reject } of pending.values()) {
      reject(new Error(`${contender}: its process ended (${signal ?? code})\n${errors}`));
    }
    pending.clear();
  });

  const handle: ContenderHandle = {
    pid: child.pid ?? 0,
    async ask(operation, args) {
      const id = nextId++;
      const request = { id, operation, args } as Request;
      let timer: NodeJS.Timeout | undefined;
      const answered = new Promise<unknown>((resolve, reject) => {
        pending.set(id, { resolve, reject });
        timer = setTimeout(
          () =>
            reject(
              new Error(`${contender}: no answer to ${operation} within ${ANSWER_LIMIT_MS} ms\n${errors}`),
            ),
          ANSWER_LIMIT_MS,
        );
        child.send(request, (error) => error && reject(error));
      });
      try {
        return (await answered) as Operations[typeof operation]['answer'];
      } finally {
        clearTimeout(timer);
        pending.delete(id);
      }
    },
    signal(signal) {
      child.kill(signal);
    },
    async end() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await exited;
    },
  };
  try {
    await handle.ask('open', { contender, url });
  } catch (error) {
    await handle.end();
    throw error;
  }
  return handle;
}
