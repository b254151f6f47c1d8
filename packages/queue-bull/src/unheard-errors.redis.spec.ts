import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { makeProgramFolder, PROGRAM_FILE } from './spec-support/program-folder.js';

/** An app that listens to no error anywhere; it is told to go on line by line, and says how far it got. */
const APP = `
import { createInterface } from 'node:readline';
import { createBullEngine } from '@switchyard/queue-bull';
import { defineQueue } from '@switchyard/queue-contract';
import { Redis } from 'ioredis';
const anything = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } };
const connection = new Redis(process.argv[2], { maxRetriesPerRequest: null });
const engine = createBullEngine({ connection, lockMs: 1000, addTimeoutMs: 60_000 });
const thrown = [new Error('plain'), 'a text', null, undefined, Object.assign(new Error('odd'), { name: 'FatalError' })];
const queues = ['a', 'b', 'c'].map((name) =>
  engine.queue(defineQueue({ name, tier: 'medium', jobs: { work: anything }, backoffDelayMs: () => { throw new Error('backoff'); } })),
);
let runs = 0;
for (const { consumer } of queues) {
  const consuming = consumer.consume({ work: () => { throw thrown[runs++ % thrown.length]; } }, { concurrency: 2 });
  consuming.on('failed', () => { throw new Error('listener'); });
}
const add = (n) => Promise.all(queues.map(({ producer }) => producer.addMany(
  Array.from({ length: n }, () => ({ name: 'work', data: 1, options: { attempts: 2, backoff: { type: 'custom' } } })),
)));
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'end') break;
  const before = runs;
  await add(5);
  while (runs < before + 30) await new Promise((resolve) => setTimeout(resolve, 10));
  // What is waited for and fails is the caller's; nothing else is.
  await queues[0].events.waitForEnd('nobody', { timeoutMs: 10 }).catch(() => {});
  console.log('done ' + line);
}
await engine.close({ timeoutMs: 1000 });
connection.disconnect();
process.stdin.destroy();
`;

describe('an app without a listener for errors', () => {
  let server: RedisServer;
  let folder: string;
  let child: ChildProcess | undefined;

  beforeAll(async () => {
    server = await startRedis({ settings: { appendonly: 'yes' } });
    folder = await makeProgramFolder(APP);
  });
  afterAll(async () => {
    child?.kill('SIGKILL');
    await server?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  test('[23] lives through errors of handlers and listeners, and through a Redis that is killed, and ends well', async () => {
    child = spawn(process.execPath, [join(folder, PROGRAM_FILE), server.url], {
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
