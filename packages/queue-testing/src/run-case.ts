import { defineQueue } from '@switchyard/queue-contract';
import type { CaseContext, ContractCase } from './contract-case.js';
import type { EngineUnderTest } from './engine-under-test.js';
import { createLatch, type Latch } from './latch.js';
import { watchLostTime } from './lost-time.js';
import { anything } from './payload-schemas.js';

let queues = 0;

/** Runs a case and cleans up behind it, whether it passes or not. */
export async function runCase(
  contractCase: Pick<ContractCase, 'run'>,
  tested: EngineUnderTest,
): Promise<void> {
  const cleanups: (() => unknown)[] = [];
  const afterwards = (clean: () => unknown) => void cleanups.unshift(clean);
  const latches: Latch[] = [];
  const lostTime = watchLostTime();
  const queueName = `contract-${process.pid}-${++queues}`;
  const context: CaseContext = {
    engine: tested.engine,
    rerunWithinMs: tested.rerunWithinMs ?? 10_000,
    queueName,
    lostMs: lostTime.lostMs,
    afterwards,
    async another() {
      const engine = await tested.another();
      afterwards(() => engine.close({ timeoutMs: 1000 }));
      return engine;
    },
    declare: (settings = {}) =>
      defineQueue({
        name: queueName,
        tier: 'medium',
        jobs: { work: anything, other: anything },
        ...settings,
      }),
    async consume(queue, handler, options) {
      const consumer = queue.consumer.consume({ work: handler, other: handler }, options);
      afterwards(() => consumer.close({ timeoutMs: 1000 }));
      await consumer.ready();
      return consumer;
    },
    latch() {
      const latch = createLatch();
      latches.push(latch);
      return latch;
    },
  };
  const problems: unknown[] = [];
  const attempt = async (step: () => unknown) => {
    try {
      await step();
    } catch (problem) {
      problems.push(problem);
    }
  };
  await attempt(() => contractCase.run(context));
  lostTime.stop();
  for (const latch of latches) latch.open();
  for (const clean of cleanups) await attempt(clean);
  if (problems.length > 0) throw problems[0];
}
