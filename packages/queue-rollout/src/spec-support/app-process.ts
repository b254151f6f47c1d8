import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { eventually } from './instance.js';

export interface Deed {
  readonly did: 'begin' | 'add' | 'start' | 'run';
  readonly id: string;
  readonly engine: string;
  readonly scheduleId: string | null;
  readonly atMs: number;
}

export type Order =
  | { readonly do: 'share'; readonly percent: number }
  | { readonly do: 'add'; readonly ids: readonly string[] }
  | { readonly do: 'schedule'; readonly id: string; readonly everyMs: number };

/** One process of an app; see `spec-child/app-instance.mjs`. */
export interface AppProcess {
  readonly deeds: readonly Deed[];
  order(order: Order): void;
  /** With `kill -9`. */
  kill(): Promise<void>;
}

/** It loads its TypeScript as it starts, of which a busy machine makes much. */
const START_LIMIT_MS = 90_000;

const childFile = (name: string) => new URL(`../../spec-child/${name}`, import.meta.url);

export async function startAppProcess(url: string, percent: number): Promise<AppProcess> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=@switchyard/source',
      `--import=${new URL('../../../../tools/ci/start-typescript.mjs', import.meta.url).href}`,
      fileURLToPath(childFile('app-instance.mjs')),
      url,
      String(percent),
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  child.stdin.on('error', () => {}); // it was killed before it read
  const end = () => child.kill('SIGKILL');
  const deeds: Deed[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => deeds.push(JSON.parse(line) as Deed));
  const exited = once(child, 'exit');
  const read = once(lines, 'close');
  try {
    await Promise.race([
      eventually(() => deeds.length > 0, START_LIMIT_MS),
      exited.then(([status]) => Promise.reject(new Error(`it ended at its start, status ${status}`))),
    ]);
  } catch (error) {
    end();
    throw error;
  }
  return {
    deeds,
    order: (order) => child.stdin.write(`${JSON.stringify(order)}\n`),
    async kill() {
      end();
      await Promise.all([exited, read]);
    },
  };
}
