import { defineQueue, type EngineQueue } from '@switchyard/queue-contract';
import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { anything } from '@switchyard/queue-testing';
import { Redis } from 'ioredis';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createBullMqEngine } from './index.js';

let server: RedisServer;
let child: ChildProcess | undefined;
beforeEach(async () => {
  server = await startRedis({ settings: { appendonly: 'yes', appendfsync: 'always' } });
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await server.stop();
});

function startChild() {
  const started = spawn(
    process.execPath,
    [
      '--conditions=@switchyard/source',
      `--import=${new URL('../../../tools/ci/start-typescript.mjs', import.meta.url).href}`,
      fileURLToPath(new URL('../spec-child/nobody-listens.mjs', import.meta.url)),
      server.url,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  child = started;
  const heard = { said: '', complained: '' };
  started.stdout.on('data', (chunk: Buffer) => (heard.said += chunk.toString()));
  started.stderr.on('data', (chunk: Buffer) => (heard.complained += chunk.toString()));
  const ended = once(started, 'close') as Promise<[number | null, string | null]>;
  const says = async (text: string) => {
    for (let tries = 0; !heard.said.includes(`${text}\n`); tries++) {
      if (tries > 1000 || started.exitCode !== null) {
        throw new Error(`the child did not say "${text}" but ${JSON.stringify(heard)}`);
      }
      await sleep(20);
    }
  };
  return { says, ended, heard };
}

test('[23] errors that nobody listens to end no process and are not printed: outages, listeners, handlers', async () => {
  const { says, ended, heard } = startChild();
  await says('ready');
  const connection = new Redis(server.url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  connection.on('error', () => undefined);
  const engine = createBullMqEngine({ connection });
  const queue = (name: string): EngineQueue<{ work: typeof anything }> =>
    engine.queue(defineQueue({ name, tier: 'medium', jobs: { work: anything } }));
  try {
    for (const data of ['bad', 'first']) {
      await queue('one').producer.add('work', data);
      await says(`ran ${data}`);
    }
    for (const outage of [1, 2]) {
      await server.kill();
      await sleep(300);
      await server.restart();
      // A cut connection is an error of another kind.
      await connection.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await queue('two').producer.add('work', `after outage ${outage}`);
      await says(`ran after outage ${outage}`);
    }
    await queue('one').producer.add('work', 'end');
    expect(await ended).toEqual([0, null]);
    expect(heard.complained).toBe('');
  } finally {
    await engine.close({ timeoutMs: 1000 });
    connection.disconnect();
  }
});
