import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { AnswerOf, ArgsOf, Message, Operations, Request } from './operations.js';

/** A process that the benchmark started and asks. */
export interface AskedProcess<Table extends Operations<Table>> {
  readonly pid: number;
  /** Asks for one operation and waits for its answer. Rejects when it fails, when the process ends, and after a limit. */
  ask<Name extends keyof Table & string>(
    operation: Name,
    args: ArgsOf<Table, Name>,
  ): Promise<AnswerOf<Table, Name>>;
  /** A signal by name: `SIGSTOP` freezes it, `SIGKILL` ends it like a power cut. */
  signal(signal: NodeJS.Signals): void;
  /** Ends the process and waits until it is gone. Safe to call twice. */
  end(): Promise<void>;
}

export interface AskedProcessOptions {
  /** For error messages. */
  readonly title: string;
  /** The program, a module that calls `answerWith`. */
  readonly program: URL;
  /** Flags for Node. */
  readonly nodeFlags?: readonly string[];
  /** Hears what the process tells without being asked. */
  readonly onNote?: (note: unknown) => void;
  /** Default 180 000. */
  readonly answerLimitMs?: number;
}

/** Frozen ones cannot notice that we are gone. */
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export function startAskedProcess<Table extends Operations<Table>>(
  options: AskedProcessOptions,
): AskedProcess<Table> {
  const { title, program, nodeFlags = [], onNote, answerLimitMs = 180_000 } = options;
  const child = fork(fileURLToPath(program), [], {
    execArgv: [...nodeFlags],
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
  child.on('message', (message: Message) => {
    if ('note' in message) return onNote?.(message.note);
    const waiting = pending.get(message.id);
    pending.delete(message.id);
    if ('error' in message) waiting?.reject(new Error(`${title}: ${message.error}`));
    else waiting?.resolve(message.answer);
  });
  let ended: Error | undefined;
  child.once('exit', (code, signal) => {
    ended = new Error(`${title}: its process ended (${signal ?? code})\n${errors}`);
    for (const { reject } of pending.values()) reject(ended);
    pending.clear();
  });

  return {
    pid: child.pid ?? 0,
    async ask(operation, args) {
      if (ended) throw ended;
      const id = nextId++;
      let timer: NodeJS.Timeout | undefined;
      const answered = new Promise<unknown>((resolve, reject) => {
        pending.set(id, { resolve, reject });
        const late = () =>
          reject(new Error(`${title}: no answer to ${operation} within ${answerLimitMs} ms\n${errors}`));
        timer = setTimeout(late, answerLimitMs);
        child.send({ id, operation, args } satisfies Request, (error) => error && reject(error));
      });
      try {
        return (await answered) as AnswerOf<Table, typeof operation>;
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
}
