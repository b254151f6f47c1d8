import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { NO_HTTP_REDIS } from './no-http-redis.js';

const appFolder = fileURLToPath(new URL('../..', import.meta.url));
const POLL_MS = 20;

/** A line of the app's log. */
export interface LogLine {
  readonly msg: string;
  readonly operation?: string;
  readonly queue?: string;
  readonly jobId?: string;
  readonly engine?: string;
  readonly outcome?: string;
  readonly attempt?: number;
}

/**
 * The compiled app in a process of its own, with nothing in its environment but what it was given, and an HTTP Redis that
 * does not answer where none was.
 */
export interface SpawnedCatchUp {
  readonly pid: number;
  /** What it has logged so far. */
  readonly log: readonly LogLine[];
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves when it works on its queues; rejects when it ends before. */
  ready(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when it has ended and all it wrote was read. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Compiles the app and what it is made of; only what changed. */
export function compileCatchUp(): void {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-b', 'tsconfig.lib.json'], {
    cwd: appFolder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the app does not compile:\n${stdout}`);
}

const running = new Set<SpawnedCatchUp>();

/** Ends what a test left running. */
export async function endSpawned(): Promise<void> {
  for (const app of running) app.kill('SIGKILL');
  await Promise.all([...running].map(({ ended }) => ended));
}

export function spawnCatchUp(
  environment: Readonly<Record<string, string>>,
  script = 'dist/main.js',
  args: readonly string[] = [],
): SpawnedCatchUp {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: appFolder,
    env: { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR, ...NO_HTTP_REDIS, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: LogLine[] = [];
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{"level"')) log.push(JSON.parse(line) as LogLine);
  });
  let hasEnded = false;
  const ended = once(child, 'close').then(([code, signal]) => {
    hasEnded = true;
    running.delete(app);
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  const app: SpawnedCatchUp = {
    pid: child.pid ?? 0,
    log,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    ended,
    kill: (signal) => void child.kill(signal),
    async ready() {
      await until(() => hasEnded || log.some(({ operation }) => operation === 'start'), 'the app to start');
      if (hasEnded) throw new Error(`the app ended instead of starting:\n${stderr}`);
    },
  };
  running.add(app);
  return app;
}

/** Waits until something holds, at most `timeoutMs` (default 30 000). */
export async function until(
  holds: () => unknown,
  what: string,
  { timeoutMs = 30_000 }: { readonly timeoutMs?: number } = {},
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
