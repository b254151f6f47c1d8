import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A program of `spec-child` in a process of its own. */
export interface Child {
  readonly pid: number;
  /** The next line that it says; `ended` when it says none any more. */
  line(): Promise<string>;
  send(signal: NodeJS.Signals): void;
  /** SIGKILL. Resolves when it is gone. */
  kill(): Promise<void>;
}

const LOADER = new URL('../../../../tools/ci/start-typescript.mjs', import.meta.url).href;

export function startChild(program: string, args: readonly string[]): Child {
  const file = fileURLToPath(new URL(`../../spec-child/${program}`, import.meta.url));
  const options = ['--conditions=@switchyard/source', `--import=${LOADER}`, file, ...args];
  const child = spawn(process.execPath, options, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid ?? 0,
    async line() {
      const { value, done } = await lines.next();
      return done ? 'ended' : String(value);
    },
    send: (signal) => void child.kill(signal),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
