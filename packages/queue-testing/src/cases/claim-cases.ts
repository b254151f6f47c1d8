import type { ContractCase } from '../contract-case.js';
import { eventually } from '../eventually.js';

const MINUTE_MS = 60_000;

export const claimCases: readonly ContractCase[] = [
  {
    title:
      'a key is held by whoever claimed it first, in any instance, until it is released or its time is over',
    async run({ engine, another, declare }) {
      const definition = declare();
      const { claims } = engine.queue(definition);
      const elsewhere = (await another()).queue(definition).claims;
      expect(await claims.claim(['a', 'b: 1'], 'me', MINUTE_MS)).toEqual(['me', 'me']);
      expect(await elsewhere.claim(['b: 1', 'c'], 'you', MINUTE_MS)).toEqual(['me', 'you']);
      expect(await claims.claim(['a', 'c'], 'me', MINUTE_MS)).toEqual(['me', 'you']);
      await elsewhere.release('a', 'you');
      expect(await elsewhere.claim(['a'], 'you', MINUTE_MS)).toEqual(['me']);
      await elsewhere.release('a', 'me');
      expect(await elsewhere.claim(['a'], 'you', MINUTE_MS)).toEqual(['you']);
      await claims.claim(['short'], 'me', 50);
      await eventually('its time is over', async () => {
        const [holder] = await elsewhere.claim(['short'], 'you', MINUTE_MS);
        return holder === 'you';
      });
      expect(await claims.claim([], 'me', 1)).toEqual([]);
    },
  },
  {
    title: 'of many who claim one key at a time, all answer the same one',
    async run({ engine, another, declare }) {
      const definition = declare();
      const claims = [engine, await another()].map((each) => each.queue(definition).claims);
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, n) => claims[n % 2]?.claim(['k'], `holder ${n}`, MINUTE_MS)),
      );
      expect(new Set(answers.map((answer) => answer?.[0])).size).toBe(1);
    },
  },
  {
    title: "claims belong to one queue, are no work and no jobs, and stay clear of a job's keys",
    async run({ engine, declare, queueName }) {
      const queue = engine.queue(declare());
      await queue.claims.claim(['k', 'wait', 'meta'], 'me', MINUTE_MS);
      const other = engine.queue({ ...declare(), name: `${queueName}-other` });
      expect(await other.claims.claim(['k'], 'you', MINUTE_MS)).toEqual(['you']);
      expect((await engine.withWork([queueName])).size).toBe(0);
      expect(await queue.inspector.job('switchyard:claim:k')).toBe(null);
      const { id } = await queue.producer.add('work', 1, { id: 'switchyard:claim:k' });
      expect(await queue.inspector.job(id)).toMatchObject({ data: 1, state: 'waiting' });
      expect(await queue.claims.claim(['k'], 'you', MINUTE_MS)).toEqual(['me']);
    },
  },
  {
    title: 'a claim without a key, a holder or a time is refused',
    async run({ engine, declare }) {
      const { claims } = engine.queue(declare());
      const refusal = { code: 'SWITCHYARD_INVALID_OPTION' };
      await expect(claims.claim([''], 'me', 1)).rejects.toMatchObject(refusal);
      await expect(claims.claim(['k'], '', 1)).rejects.toMatchObject(refusal);
      for (const ttlMs of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        await expect(claims.claim(['k'], 'me', ttlMs)).rejects.toMatchObject(refusal);
      }
    },
  },
];
