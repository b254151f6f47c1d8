import { InvalidOptionError, type ConsumeOptions, type RunningJob } from '@switchyard/queue-contract';
import type { ContractCase } from '../contract-case.js';
import { eventually } from '../eventually.js';

export const workerSettingCases: readonly ContractCase[] = [
  {
    title: '[18] a rate limit holds over a backlog, and the backlog runs to its end',
    needs: ['rate-limit'],
    async run({ engine, declare, consume, lostMs }) {
      const queue = engine.queue(declare({ worker: { limit: { max: 2, durationMs: 800 } } }));
      await queue.producer.addMany(Array.from({ length: 6 }, (_, n) => ({ name: 'work', data: n })));
      const startsAtMs: number[] = [];
      const ran: unknown[] = [];
      await consume(
        queue,
        ({ data }) => {
          startsAtMs.push(performance.now());
          ran.push(data);
        },
        { concurrency: 5 },
      );
      await eventually('six jobs ran', () => ran.length === 6);
      expect(ran).toEqual([0, 1, 2, 3, 4, 5]);
      for (const [n, startMs] of startsAtMs.slice(2).entries()) {
        // Half the window: on a busy machine a handler sees its start later than the store counted it.
        expect(startMs - (startsAtMs[n] ?? 0)).toBeGreaterThan(400 - lostMs());
      }
    },
  },
  {
    title: '[18] a rate limit holds for all instances together',
    needs: ['rate-limit'],
    async run({ engine, another, declare, consume, lostMs }) {
      const definition = declare({ worker: { concurrency: 5, limit: { max: 2, durationMs: 800 } } });
      const queue = engine.queue(definition);
      const elsewhere = (await another()).queue(definition);
      await queue.producer.addMany(Array.from({ length: 8 }, (_, n) => ({ name: 'work', data: n })));
      const startsAtMs: number[] = [];
      const ran: unknown[] = [];
      const handle = ({ data }: RunningJob) => {
        startsAtMs.push(performance.now());
        ran.push(data);
      };
      await Promise.all([consume(queue, handle), consume(elsewhere, handle)]);
      await eventually('eight jobs ran', () => ran.length === 8);
      expect(new Set(ran).size).toBe(8);
      for (const [n, startMs] of startsAtMs.slice(2).entries()) {
        // Half the window: on a busy machine a handler sees its start later than the store counted it.
        expect(startMs - (startsAtMs[n] ?? 0)).toBeGreaterThan(400 - lostMs());
      }
    },
  },
  {
    title: '[18] a rate limit given to consume wins over the declaration',
    needs: ['rate-limit'],
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare({ worker: { limit: { max: 1, durationMs: 60_000 } } }));
      let ran = 0;
      await consume(queue, () => void ran++, { limit: { max: 100, durationMs: 1000 } });
      await queue.producer.addMany(Array.from({ length: 5 }, (_, n) => ({ name: 'work', data: n })));
      await eventually('five jobs ran', () => ran === 5);
    },
  },
  {
    title: '[18] [25] worker settings that are not allowed, or of another library, are refused by name',
    async run({ engine, declare, afterwards }) {
      const queue = engine.queue(declare());
      const limit = { max: 1, durationMs: 1000 };
      const settings: readonly [string, object][] = [
        ['concurrency', { concurrency: 0 }],
        ['concurrency', { concurrency: 1.5 }],
        ['limit.max', { limit: { ...limit, max: 0 } }],
        ['duration', { limit: { max: 1, duration: 1000 } }],
        ['groupKey', { limit: { ...limit, groupKey: 'user' } }],
        ['bounceBack', { limit: { ...limit, bounceBack: true } }],
        ['limiter', { limiter: { max: 1, duration: 1000 } }],
        ['drainDelay', { drainDelay: 5 }],
        ['lockDuration', { lockDuration: 1000 }],
        ['maxStalledCount', { maxStalledCount: 3 }],
      ];
      for (const [option, options] of settings) {
        const consume = async () => {
          const handlers = { work: () => null, other: () => null };
          const consumer = queue.consumer.consume(handlers, options as ConsumeOptions);
          afterwards(() => consumer.close());
          await consumer.ready();
        };
        const error = await consume().catch((thrown: unknown) => thrown);
        expect([option, error]).toEqual([option, expect.any(InvalidOptionError)]);
        expect((error as InvalidOptionError).option).toContain(option);
        expect(() => declare({ worker: options })).toThrow(InvalidOptionError);
      }
    },
  },
];
