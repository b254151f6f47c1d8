import type { QueueEngine } from '@switchyard/queue-contract';
import type { EngineUnderTest } from './engine-under-test.js';
import { runCase } from './run-case.js';

function engineUnderTest(closed: string[] = []): EngineUnderTest {
  let made = 0;
  const make = () => {
    const name = `engine ${made++}`;
    return { name, close: async () => void closed.push(name) } as unknown as QueueEngine;
  };
  return { engine: make(), another: async () => make(), close: async () => {} };
}

describe('runCase', () => {
  test('gives each case a queue of its own', async () => {
    const names: string[] = [];
    const contractCase = {
      async run({ queueName, declare }: { queueName: string; declare: () => { name: string } }) {
        names.push(queueName);
        expect(declare().name).toBe(queueName);
      },
    };
    await runCase(contractCase, engineUnderTest());
    await runCase(contractCase, engineUnderTest());
    expect(new Set(names).size).toBe(2);
  });

  test('cleans up last things first, opens latches before, and closes the engines it lent', async () => {
    const steps: string[] = [];
    await runCase(
      {
        async run({ afterwards, another, latch }) {
          const left = latch();
          afterwards(() => steps.push('first registered'));
          await another();
          afterwards(async () => {
            await left.opened;
            steps.push('last registered');
          });
          steps.push('case');
        },
      },
      engineUnderTest(steps),
    );
    expect(steps).toEqual(['case', 'last registered', 'engine 1', 'first registered']);
  });

  test('cleans up behind a case that fails, and reports the failure rather than what came of it', async () => {
    const steps: string[] = [];
    const running = runCase(
      {
        async run({ afterwards }) {
          afterwards(() => steps.push('cleaned'));
          afterwards(() => {
            throw new Error('while cleaning');
          });
          throw new Error('the case');
        },
      },
      engineUnderTest(),
    );
    await expect(running).rejects.toThrow('the case');
    expect(steps).toEqual(['cleaned']);
  });

  test('a case whose cleaning fails has failed', async () => {
    const running = runCase(
      {
        async run({ afterwards }) {
          afterwards(() => Promise.reject(new Error('while cleaning')));
        },
      },
      engineUnderTest(),
    );
    await expect(running).rejects.toThrow('while cleaning');
  });
});
