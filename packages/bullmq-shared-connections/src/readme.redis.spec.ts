import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { signal } from '../spec-support/eventually.js';
import { RedisLab } from '../spec-support/redis-lab.js';
import { shareConnections, type SharedConnections } from './index.js';
import { checkedSettings } from './options.js';

const AsyncFunction: FunctionConstructor = Object.getPrototypeOf(async () => undefined).constructor;

describe('the README', () => {
  let lab: RedisLab;
  let readme: string;
  beforeAll(async () => {
    lab = await RedisLab.start();
    readme = await readFile(join(process.cwd(), 'README.md'), 'utf8');
  });
  afterAll(() => lab.stop());

  it('shows three lines that work as they stand', async () => {
    const [, snippet = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
    const imports = snippet.match(/^import .*$/gm) ?? [];
    expect(imports).toEqual([
      `import { Redis } from 'ioredis';`,
      `import { shareConnections } from '@switchyard/bullmq-shared-connections';`,
    ]);
    const lines = snippet
      .split('\n')
      .filter((line) => line.trim() && !line.startsWith('import '))
      .map((line) => line.replace('redis://127.0.0.1:6379', lab.server.url));
    // The client that every app has, and three lines.
    expect(lines).toHaveLength(4);

    const sent = signal<unknown>();
    const run = AsyncFunction(
      'Redis',
      'shareConnections',
      'send',
      `${lines.join('\n')}
      return { redis, queue, worker, QueueEvents, FlowProducer, close };`,
    );
    const app = await run(Redis, shareConnections, async (data: unknown) => sent.resolve(data));
    const { redis, queue, worker, close } = app as {
      redis: Redis;
      queue: InstanceType<SharedConnections['Queue']>;
      worker: InstanceType<SharedConnections['Worker']>;
      close: SharedConnections['close'];
    };
    await queue.add('welcome', { to: 'ada' });
    expect(await sent.promise).toEqual({ to: 'ada' });
    expect(await lab.connections()).toHaveLength(2);
    await worker.close();
    await queue.close();
    await close();
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
  });

  it('names the defaults that hold', () => {
    const { blockSeconds, recoveryIntervalMs } = checkedSettings({});
    const defaults = Object.fromEntries(
      [...readme.matchAll(/^\| `(blockSeconds|recoveryIntervalMs)` *\| ([\d ]+?) *\|/gm)].map(
        ([, name, value]) => [name, Number(value?.replace(/ /g, ''))],
      ),
    );
    expect(defaults).toEqual({ blockSeconds, recoveryIntervalMs });
  });
});
