import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const LOADER = new URL('../../ci/start-typescript.mjs', import.meta.url).href;
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

/** A process of its own starts, and may have to wait for a machine that is busy. */
const TIMEOUT_MS = 60_000;

describe('the command', () => {
  const running: ChildProcess[] = [];
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
  });
  const run = (...args: readonly string[]) => {
    const child = spawn(process.execPath, [`--import=${LOADER}`, MAIN, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.push(child);
    return child;
  };

  it(
    'refuses a port that is none',
    async () => {
      const child = run('--port', '70000');
      let told = '';
      child.stderr!.on('data', (chunk) => (told += String(chunk)));
      const [status] = (await once(child, 'close')) as [number];
      expect(status).not.toBe(0);
      expect(told).toContain('port is 70000, allowed: 0 to 65535');
    },
    TIMEOUT_MS,
  );

  it(
    'prints where it listens, is steered from outside, and ends when told to',
    async () => {
      const child = run('--seed', '7', '--user', 'anna@example.com');
      const [line] = (await once(createInterface(child.stdout!), 'line')) as [string];
      const { url, users } = JSON.parse(line) as { url: string; users: { email: string }[] };
      expect(users.map(({ email }) => email)).toEqual(['anna@example.com']);
      const granted = await fetch(`${url}/_control/grant`, {
        method: 'POST',
        body: JSON.stringify(['anna@example.com']),
      });
      expect(await granted.json()).toMatchObject({
        result: { accessToken: expect.stringMatching(/^ya29\./) },
      });
      child.kill('SIGTERM');
      expect(await once(child, 'close')).toEqual([0, null]);
    },
    TIMEOUT_MS,
  );
});
