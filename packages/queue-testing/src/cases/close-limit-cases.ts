import type { ContractCase } from '../contract-case.js';
import { eventually, quiet } from '../eventually.js';

export const closeLimitCases: readonly ContractCase[] = [
  {
    title:
      'close with a limit that no timer holds, Infinity too, waits for the jobs that run; one below 0 is 0',
    async run({ another, declare, consume, latch }) {
      for (const timeoutMs of [2 ** 31, Infinity]) {
        const engine = await another();
        const queue = engine.queue(declare());
        const go = latch();
        const consumer = await consume(queue, async ({ signal }) => {
          await go.opened;
          return signal.aborted;
        });
        const { id } = await queue.producer.add('work', null);
        await eventually('it runs', () => consumer.running === 1);
        let closed = 0;
        const closings = [consumer, engine].map((each) => each.close({ timeoutMs }).then(() => closed++));
        await quiet(200);
        expect(closed).toBe(0);
        go.open();
        await Promise.all(closings);
        const { inspector } = (await another()).queue(declare());
        expect(await inspector.job(id)).toMatchObject({ state: 'completed', result: false });
      }
      const queue = (await another()).queue(declare());
      const never = latch();
      for (const timeoutMs of [-1, NaN]) {
        const consumer = await consume(queue, () => never.opened);
        await queue.producer.add('work', null);
        await eventually('it runs', () => consumer.running === 1);
        await consumer.close({ timeoutMs });
      }
    },
  },
];
