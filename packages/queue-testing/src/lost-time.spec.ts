import { setTimeout as sleep } from 'node:timers/promises';
import { watchLostTime } from './lost-time.js';

function block(forMs: number): void {
  const endMs = performance.now() + forMs;
  while (performance.now() < endMs);
}

test('what a process stands still for is lost, and adds up', async () => {
  const watch = watchLostTime();
  block(300);
  await sleep(30);
  const once = watch.lostMs();
  expect(once).toBeGreaterThanOrEqual(280);
  block(200);
  expect(watch.lostMs()).toBeGreaterThanOrEqual(once + 180);
  watch.stop();
});

test('what a process waits for is not lost', async () => {
  const watch = watchLostTime();
  const startMs = performance.now();
  for (let rounds = 0; rounds < 40; rounds++) await sleep(10);
  // On a busy machine each gap is as long as a sleep was too long, or a tick more.
  const overslept = performance.now() - startMs - 400;
  expect(watch.lostMs()).toBeLessThanOrEqual(2 * Math.max(0, overslept));
  watch.stop();
});
