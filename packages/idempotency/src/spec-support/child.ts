import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A program of `spec-child` in a process of its own. */
export interface Child {
  /** The next line that it says; an error when it ends before. */
  line(): Promise<string>;
  tell(text: string): void;
  /** SIGKILL. Resolves when it is gone. */
  kill(): Promise<void>;
}

const LOADER = new URL('../../../../tools/ci/start-typescript.mjs', import.meta.url).href;

export function startChild(program: string, args: readonly string[]): Child {
  const file = fileURLToPath(new URL(`../../spec-child/${program}`, import.meta.url));
  const options = ['--conditions=@switchyard/source', `--import=${LOADER}`, file, ...args];
  const child: ChildProcess = spawn(process.execPath, options, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('a child without pipes');
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return {
    async line() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${program} ended`);
      return String(value);
    },
    tell: (text) => void stdin.write(`${text}\n`),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
