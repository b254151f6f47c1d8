import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { hasBull } from '../testing/flag-modes.js';
import { compileCatchUp, endSpawned, spawnCatchUp, until } from '../testing/spawned-catchup.js';

beforeAll(compileCatchUp, 120_000);
afterEach(endSpawned);

/** The demo with what this process knows of the system, such as where a Redis server is. */
const spawnDemo = (...args: string[]) =>
  spawnCatchUp(process.env as Record<string, string>, 'dist/demo/main.js', args);

/** Processes whose ancestors lead to this one. */
function descendants(pid: number): number[] {
  const children = parents().filter(([, parent]) => parent === pid);
  return children.flatMap(([child]) => [child, ...descendants(child)]);
}

/** Every process with its parent. Small Linux systems have no `ps`, others no `/proc`. */
function parents(): [number, number][] {
  if (!existsSync('/proc/self/stat')) {
    const table = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' });
    return table
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): [number, number][] => {
      try {
        // What stands before the last bracket is the command, whatever it is called.
        const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
        return [[Number(name), Number(fields[1])]];
      } catch {
        return [];
      }
    });
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

if (hasBull) {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGKILL', null],
  ] as const)('%s ends the demo with everything it started', async (signal, code) => {
    const demo = spawnDemo('--json');
    await until(() => demo.stderr.includes('counting'), 'the old app to be measured');
    const started = descendants(demo.pid);
    // A Redis server with its guard, and the old app.
    expect(started.length).toBeGreaterThanOrEqual(3);
    demo.kill(signal);
    expect(await demo.ended).toEqual({ code, signal: code === null ? signal : null });
    await until(() => !started.some(isAlive), 'every process to end');
    expect(demo.stdout).toBe('');
  });
} else {
  test.each(['--json', null])('without Bull it says that there is nothing to move (%s)', async (argument) => {
    const demo = spawnDemo(...(argument === null ? [] : [argument]));
    expect(await demo.ended).toEqual({ code: 0, signal: null });
    expect(argument === null ? demo.stdout : demo.stderr).toMatch(/^Bull is gone: /);
    if (argument !== null) expect(JSON.parse(demo.stdout)).toEqual({ skipped: 'Bull is gone' });
  });
}

test('an argument it does not know is an error', async () => {
  const demo = spawnDemo('--jsn');
  expect((await demo.ended).code).toBe(2);
  expect(demo.stderr).toContain('--jsn');
});
