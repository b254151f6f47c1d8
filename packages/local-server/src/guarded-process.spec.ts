import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startGuarded, type EndSignal, type GuardedProcess } from './guarded-process.js';

// Says which signals it got, and that it listens to them; only a SIGKILL and SIGQUIT end it.
const LISTENER = `
  trap 'echo INT' INT
  trap 'echo TERM' TERM
  trap 'echo QUIT > "$0.told"; exit 0' QUIT
  echo "uid $(id -u)"
  while :; do sleep 0.05; done
`;

/** Of a test that starts a Node of its own, on a busy machine. */
const TIMEOUT_MS = 60_000;

let folder: string;
const started: GuardedProcess[] = [];
const others: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guarded-process-'));
});

afterEach(async () => {
  for (const each of started.splice(0)) await each.end('SIGKILL');
  for (const each of others.splice(0)) each.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
  await rm(`${folder}.told`, { force: true });
});

function start(): GuardedProcess {
  const each = startGuarded({
    path: '/bin/sh',
    args: ['-c', LISTENER, folder],
    env: process.env,
    folder,
    logFile: join(folder, 'log'),
  });
  started.push(each);
  return each;
}

const log = () => readFileSync(join(folder, 'log'), 'utf8');

async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await sleep(20);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A process that nobody has reaped yet is dead all the same.
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return !existsSync('/proc/self');
  }
}

it('ends with the signal that it is told, and says so once it is gone', async () => {
  const guarded = start();
  await until('it listens', () => log().includes('uid'));
  expect(guarded.hasExited).toBe(false);
  await guarded.end('SIGQUIT');
  expect(guarded.hasExited).toBe(true);
  expect(isAlive(guarded.pid)).toBe(false);
  expect(readFileSync(`${folder}.told`, 'utf8')).toBe('QUIT\n');
  await guarded.exited;
  await guarded.end('SIGKILL');
  expect(existsSync(folder)).toBe(true);
});

it('runs as the owner that it is given, with no group of ours', async () => {
  // Only root may choose another; anybody may choose himself.
  const isRoot = process.getuid?.() === 0;
  const owner = isRoot
    ? { uid: 65_533, gid: 65_532 }
    : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const guarded = startGuarded({
    path: '/bin/sh',
    args: ['-c', isRoot ? 'id -u; id -G' : 'id -u; id -g'],
    env: process.env,
    folder: '/',
    logFile: join(folder, 'log'),
    owner,
  });
  started.push(guarded);
  await until('it is gone', () => guarded.hasExited);
  expect(log()).toBe(`${owner.uid}\n${owner.gid}\n`);
});

describe('when this process dies', () => {
  /** Starts the listener from a process of its own, which is then killed; answers with the listener's id. */
  async function startElsewhere(abandonSignal?: EndSignal): Promise<{ pid: number; parent: ChildProcess }> {
    const source = new URL('guarded-process.ts', import.meta.url).href;
    const hooks = fileURLToPath(new URL('../../../tools/ci/start-typescript.mjs', import.meta.url));
    const command = { path: '/bin/sh', args: ['-c', LISTENER, folder], folder, logFile: join(folder, 'log') };
    const script = `
      import { startGuarded } from ${JSON.stringify(source)};
      const guarded = startGuarded({ ...${JSON.stringify({ ...command, abandonSignal })}, env: process.env });
      process.stdout.write(String(guarded.pid) + '\\n');
      setInterval(() => {}, 1000);
    `;
    const parent = spawn(process.execPath, ['--import', hooks, '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    others.push(parent);
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    await until('it listens', () => existsSync(join(folder, 'log')) && log().includes('uid'));
    return { pid: Number(line), parent };
  }

  it(
    'is killed, and its folder removed',
    async () => {
      const { pid, parent } = await startElsewhere();
      expect(isAlive(pid)).toBe(true);
      parent.kill('SIGKILL');
      await until('it is gone', () => !isAlive(pid));
      await until('its folder is gone', () => !existsSync(folder));
      expect(existsSync(`${folder}.told`)).toBe(false);
    },
    TIMEOUT_MS,
  );

  it(
    'is ended with the signal that it can pass on to its children',
    async () => {
      const { pid, parent } = await startElsewhere('SIGQUIT');
      parent.kill('SIGKILL');
      await until('it is gone', () => !isAlive(pid));
      await until('its folder is gone', () => !existsSync(folder));
      expect(readFileSync(`${folder}.told`, 'utf8')).toBe('QUIT\n');
    },
    TIMEOUT_MS,
  );
});
