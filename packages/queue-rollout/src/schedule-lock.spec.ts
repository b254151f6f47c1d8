import type { QueueClaims } from '@switchyard/queue-contract';
import { createScheduleLock } from './schedule-lock.js';

/** Claims of which another process holds the one that is asked for, for so long. */
function heldByAnotherFor(ms: number) {
  const freeAtMs = performance.now() + ms;
  let asked = 0;
  const claims: QueueClaims = {
    claim: async (keys, holder) => {
      asked += 1;
      return keys.map(() => (performance.now() < freeAtMs ? 'another' : holder));
    },
    release: async () => {},
  };
  return {
    claims,
    get asked() {
      return asked;
    },
  };
}

test('whoever waits for the lock of a process that died asks for it ever less often', async () => {
  const held = heldByAnotherFor(2500);
  expect(await createScheduleLock(held.claims, () => false)(async () => 'changed')).toBe('changed');
  // Every 20 ms would be more than 100 times.
  expect(held.asked).toBeGreaterThan(4);
  expect(held.asked).toBeLessThan(25);
});

test('changes of one process come one after the other, and one that fails keeps the next from nothing', async () => {
  const { claims } = heldByAnotherFor(0);
  const locked = createScheduleLock(claims, () => false);
  const steps: string[] = [];
  const change = (name: string, fails = false) =>
    locked(async () => {
      steps.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      steps.push(`${name} ends`);
      if (fails) throw new Error(name);
    });
  const outcomes = await Promise.allSettled([change('one', true), change('two')]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(steps).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
});

test('a close ends the wait', async () => {
  const { claims } = heldByAnotherFor(60_000);
  const waits = createScheduleLock(claims, () => true)(async () => {});
  await expect(waits).rejects.toMatchObject({ code: 'SWITCHYARD_CLOSED' });
});
