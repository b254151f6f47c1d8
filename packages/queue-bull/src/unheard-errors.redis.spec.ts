import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { childProgram } from './spec-support/child-program.js';

describe('an app without a listener for errors', () => {
  let server: RedisServer;
  let child: ChildProcess | undefined;

  beforeAll(async () => {
    server = await startRedis({ settings: { appendonly: 'yes' } });
  });
  afterAll(async () => {
    child?.kill('SIGKILL');
    await server?.stop();
  });

  test('[23] lives through errors of handlers and listeners, and through a Redis that is killed, and ends well', async () => {
    child = spawn(process.execPath, [...childProgram('nobody-listens.mjs'), server.url], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { stdin, stdout } = child;
    if (!stdin || !stdout) throw new Error('no pipes');
    const exit = once(child, 'exit');
    let printed = '';
    stdout.on('data', (chunk: Buffer) => (printed += String(chunk)));
    const say = (line: string) => void stdin.write(`${line}\n`);
    const hear = async (line: string) => {
      while (!printed.includes(line)) {
        const what = await Promise.race([once(stdout, 'data'), exit]);
        if (child?.exitCode !== null) throw new Error(`it ended: ${String(what)}`);
      }
    };
    say('first');
    await hear('done first');
    await server.kill();
    // Its adds begin while nobody answers.
    say('second');
    await server.restart();
    await hear('done second');
    await server.restart({ kill: true });
    say('third');
    await hear('done third');
    say('end');
    expect(await exit).toEqual([0, null]);
  });
});
