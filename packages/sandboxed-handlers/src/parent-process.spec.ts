import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../spec-support/eventually.js';
import { isAlive } from '../spec-support/is-alive.js';
import { childFile } from '../spec-support/run-in-sandbox.js';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-sandbox-'));
const parents: ChildProcess[] = [];
afterEach(() => {
  for (const parent of parents.splice(0)) parent.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Resolves with what it says and a promise of its end. */
async function startParent(
  mode: string,
  report = '',
  execArgv: readonly string[] = [],
): Promise<{ parent: ChildProcess; said: unknown; ended: unknown }> {
  const loader = new URL('../../../tools/ci/start-typescript.mjs', import.meta.url).href;
  const parent = spawn(
    process.execPath,
    [
      ...execArgv,
      '--conditions=@switchyard/source',
      `--import=${loader}`,
      childFile('parent.mjs'),
      mode,
      report,
    ],
    // What an inspector says, or a process that runs out of memory, is of no use here.
    { stdio: ['pipe', 'pipe', 'ignore'] },
  );
  parents.push(parent);
  parent.stdin.end('typed');
  const ended = once(parent, 'exit');
  const [line] = (await once(parent.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return { parent, said: JSON.parse(line.toString()) as unknown, ended };
}

test.each(['SIGKILL', 'SIGTERM'] as const)(
  '[20] processes end with a parent that %s ended, even one that computes without a pause',
  async (signal) => {
    const report = join(folder, signal);
    const { parent, said } = await startParent('hold', report);
    const pids = said as number[];
    await eventually('one computes', () => existsSync(report));
    expect(pids.filter(isAlive)).toHaveLength(2);
    parent.kill(signal);
    await eventually('both are gone', () => pids.every((pid) => !isAlive(pid)));
  },
);

test('a sandbox that nobody closed does not keep its parent, nor outlive it', async () => {
  const { said, ended } = await startParent('forget');
  const { pids, warnings, stdin } = said as { pids: number[]; warnings: string[]; stdin: string };
  expect(await ended).toEqual([0, null]);
  expect(new Set(pids).size).toBe(12);
  await eventually('they are gone', () => pids.every((pid) => !isAlive(pid)));
  // Its twelve jobs shared a signal, and what was typed was for the parent.
  expect(warnings).toEqual([]);
  expect(stdin).toBe('');
});

test('[20] a handler that runs out of memory fails its attempt alone', async () => {
  const { said, ended } = await startParent('eat-memory');
  expect(said).toEqual(['SWITCHYARD_SANDBOX_CRASHED', 'SIGABRT', 'goes on']);
  expect(await ended).toEqual([0, null]);
});

test("processes have their parent's options of Node, but do not listen where its inspector does", async () => {
  const inspect = '--inspect=127.0.0.1:0';
  const { said } = await startParent('inherit-options', '', [inspect]);
  const [ofParent, ofChild] = said as string[][];
  expect(ofParent).toContain(inspect);
  expect(ofChild).toEqual(ofParent?.filter((option) => option !== inspect));
});
