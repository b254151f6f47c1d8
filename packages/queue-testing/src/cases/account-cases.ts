import type { JobOptions, RunningJob } from '@switchyard/queue-contract';
import type { ContractCase } from '../contract-case.js';
import { eventually, quiet } from '../eventually.js';

const JOBS = 600;

/** What becomes of the n-th job, and how often its handler is called for that. */
function meant(n: number): { readonly fails: number; readonly end: 'completed' | 'failed' } {
  if (n % 20 === 7) return { fails: 3, end: 'failed' };
  return { fails: n % 5 === 0 ? 2 : 0, end: 'completed' };
}

function optionsOf(n: number): JobOptions {
  return {
    id: `job:${n}`,
    attempts: 3,
    removeOnComplete: false,
    ...(n % 3 === 0 && { delayMs: (n % 7) * 100 }),
    ...(n % 4 === 0 && { priority: 1 + (n % 9) }),
    ...(n % 5 === 0 && { backoff: { type: 'exponential', delayMs: 20 } }),
  };
}

export const accountCases: readonly ContractCase[] = [
  {
    title: 'of 600 mixed jobs, with consumers that come, pause and go, each ends as it was meant, and once',
    needs: ['priorities', 'pause'],
    async run({ engine, another, declare, consume }) {
      const definition = declare({ priorities: true });
      const queue = engine.queue(definition);
      const [second, third] = [await another(), await another()].map((each) => each.queue(definition));
      const calls = new Map<string, number>();
      const successes = new Map<string, number>();
      const count = (counts: Map<string, number>, id: string) => counts.set(id, (counts.get(id) ?? 0) + 1);
      const handle = async ({ id, data, attempt, log }: RunningJob) => {
        count(calls, id);
        await log(`attempt ${attempt}`);
        const n = data as number;
        if (attempt <= meant(n).fails) throw new Error(`meant to fail ${attempt}`);
        count(successes, id);
      };

      await consume(queue, handle, { concurrency: 5 });
      const leaving = second && (await consume(second, handle, { concurrency: 10 }));
      const all = Array.from({ length: JOBS }, (_, n) => n);
      await queue.producer.addMany(
        all.slice(0, 400).map((n) => ({ name: 'work' as const, data: n, options: optionsOf(n) })),
      );
      await leaving?.close();
      await third?.control.pause();
      for (const n of all.slice(400)) await third?.producer.add('other', n, optionsOf(n));
      await queue.control.resume();
      if (third) await consume(third, handle, { concurrency: 3 });

      const isOver = async () => {
        const { completed, failed } = await queue.inspector.counts();
        return completed + failed >= JOBS;
      };
      await eventually('all have ended', isOver, Boolean, 30_000);
      await quiet(100);

      const expected = all.map((n) => {
        const { fails, end } = meant(n);
        const succeeded = end === 'completed' ? 1 : 0;
        return [`job:${n}`, end, fails + succeeded, fails + succeeded, succeeded];
      });
      const account = await Promise.all(
        all.map(async (n) => {
          const job = await queue.inspector.job(`job:${n}`);
          const id = job?.id ?? '';
          return [id, job?.state, job?.attemptsMade, calls.get(id), successes.get(id) ?? 0];
        }),
      );
      expect(account).toEqual(expected);
      expect(await queue.inspector.counts()).toMatchObject({ waiting: 0, delayed: 0, active: 0 });
    },
  },
  {
    title: 'a queue whose handlers hang does not hold up another',
    async run({ engine, declare, queueName, consume, latch }) {
      const hung = engine.queue(declare({ worker: { concurrency: 3 } }));
      const other = engine.queue({ ...declare(), name: `${queueName}-other` });
      const never = latch();
      const consumer = await consume(hung, () => never.opened);
      await hung.producer.addMany([1, 2, 3, 4].map((data) => ({ name: 'work', data })));
      await eventually('all its slots are taken', () => consumer.running === 3);
      let ran = 0;
      await consume(other, () => void ran++);
      for (let n = 1; n <= 3; n++) {
        await other.producer.add('work', n);
        await eventually('the other goes on', () => ran === n);
      }
    },
  },
];
