import type { Redis } from 'ioredis';
import { contacts, eventually, recorder, startInstance, type Instance } from './spec-support/instance.js';
import { hasBull } from './spec-support/legacy-engine.js';
import { redisOfSpec } from './spec-support/redis-of-spec.js';

/** What these tests use of Bull's own queue. */
interface BullQueue {
  add(name: string, data: unknown, options?: object): Promise<{ readonly id: string | number }>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}

type MakeBullQueue = new (
  name: string,
  options: { readonly createClient: (type: string) => Redis },
) => BullQueue;

if (!hasBull) {
  test('an old app on plain Bull beside the new one: not applicable, since Bull is gone from this clone', () => {
    expect(hasBull).toBe(false);
  });
} else {
  describe('an old app on plain Bull beside the new one', () => {
    const redis = redisOfSpec();
    let old: BullQueue;
    let connection: Redis;

    async function startBeside(percent: number, options: Parameters<typeof startInstance>[2] = {}) {
      const instance: Instance = startInstance(redis.url, percent, options);
      connection = instance.connection.duplicate();
      const name = 'bull'; // put together at run time, so that nothing looks for it that compiles
      const { default: Bull } = (await import(name)) as { readonly default: MakeBullQueue };
      old = new Bull(contacts.name, { createClient: () => connection });
      const ran = recorder();
      instance.rollout.queue(contacts).consumer.consume(ran.handlers);
      await instance.rollout.start();
      await instance.rollout.settled(contacts.name, { timeoutMs: 5000 });
      return { ...instance, queue: instance.rollout.queue(contacts), ran };
    }

    afterEach(async () => {
      await old.close();
      connection.disconnect();
    });

    test('[26] it goes on adding after the switch: that is noticed and run, and the queue closes again', async () => {
      const { rollout, ran } = await startBeside(100, { idleCheckMs: 300 });
      for (const n of [1, 2]) {
        await old.add('sync', { n });
        await eventually(() => expect(ran.runs.map((run) => run.n)).toContain(n), 5000);
        await eventually(() => expect(rollout.status()[0]).toMatchObject({ phase: 'target' }), 5000);
      }
      expect(rollout.status()[0]!.consuming).toEqual(['bullmq']);
    });

    test('ids and debounce ids that it has just added are the same jobs for the new one', async () => {
      const { queue, ran } = await startBeside(100, { idleCheckMs: 60_000 });
      await old.add('sync', { n: 1 }, { jobId: 'order:7', delay: 400 });
      const debounced = await old.add(
        'sync',
        { n: 2 },
        { jobId: 'x', delay: 400, debounce: { id: 'user 7' } },
      );
      expect((await queue.producer.add('sync', { n: 3 }, { id: 'order:7' })).id).toBe('order:7');
      const { id } = await queue.producer.add('sync', { n: 4 }, { deduplication: { id: 'user 7' } });
      expect(id).toBe(debounced.id);
      await eventually(() => expect(ran.ran()).toEqual([1, 2]), 5000);
    });

    test('[17] its pause is carried to the new engine; a resume by its own tools is one of Bull alone', async () => {
      const { queue, ran, share, rollout } = await startBeside(0);
      await old.pause();
      await old.add('sync', { n: 1 });
      share(100);
      await eventually(() => expect(rollout.status()[0]!.consuming).toEqual(['bull', 'bullmq']));
      await queue.producer.add('sync', { n: 2 });
      await old.resume();
      await eventually(() => expect(ran.ran()).toEqual([1]), 5000);
      expect(await queue.control.isPaused()).toBe(true);
      await queue.control.resume();
      await eventually(() => expect(ran.ran()).toEqual([1, 2]), 5000);
    });
  });
}
