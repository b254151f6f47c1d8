import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startPostgres } from './index.js';
import { connected } from './spec-support/using.js';

interface Elsewhere {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown[]>;
  readonly folder: string;
  readonly url: string;
  readonly pid: number;
}

const elsewhere: ChildProcess[] = [];

afterEach(() => {
  for (const child of elsewhere.splice(0)) child.kill('SIGKILL');
});

async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 50_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await sleep(20);
  }
}

/** Of a server and all its children, which work in its data folder; the system may hide those of other users. */
function processesIn(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Starts a server in a process of its own, which then hangs, ends, or is killed. */
async function startElsewhere(then: string): Promise<Elsewhere> {
  const index = fileURLToPath(new URL('../dist/index.js', import.meta.url));
  const script = `
    import { startPostgres } from ${JSON.stringify(index)};
    const { pid, folder, url } = await startPostgres();
    process.stdout.write(JSON.stringify({ pid, folder, url }) + '\\n');
    ${then}
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  elsewhere.push(child);
  const exited = once(child, 'exit');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, exited, ...(JSON.parse(line.toString()) as { folder: string; url: string; pid: number }) };
}

describe('a server whose process dies', () => {
  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'dies with it after %s, though it is busy',
    async (signal) => {
      const { child, exited, folder, url } = await startElsewhere('setInterval(() => {}, 1000);');
      const client = await connected(url);
      const busy = client.query('SELECT pg_sleep(3600)').then(
        () => 'answered',
        () => 'cut off',
      );
      if (existsSync('/proc/self')) expect(processesIn(folder).length).toBeGreaterThan(1);
      child.kill(signal);
      await exited;
      expect(await busy).toBe('cut off');
      await until('its folder is gone', () => !existsSync(folder));
      if (existsSync('/proc/self')) expect(processesIn(folder)).toEqual([]);
    },
  );

  it('does not keep it from ending, and ends with it', async () => {
    const { exited, folder } = await startElsewhere('');
    expect(await exited).toEqual([0, null]);
    await until('its folder is gone', () => !existsSync(folder));
  });
});

it('does not run as root', async () => {
  const server = await startPostgres();
  try {
    if (!existsSync('/proc/self')) return;
    const ids = /^Uid:\s+(\d+)\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'));
    const uid = process.getuid?.();
    for (const id of ids?.slice(1) ?? ['0']) {
      if (uid === 0) expect(Number(id)).toBeGreaterThan(0);
      else expect(Number(id)).toBe(uid);
    }
  } finally {
    await server.stop();
  }
});
