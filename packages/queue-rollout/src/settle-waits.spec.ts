import { ClosedError } from '@switchyard/queue-contract';
import { SettleTimeoutError } from './errors.js';
import type { RolloutQueue } from './rollout-queue.js';
import { createSettleWaits } from './settle-waits.js';

const LONG_MS = 60_000;
const queue = { status: () => ({ queue: 'mail', phase: 'draining-legacy' }) } as RolloutQueue;

function setUp() {
  const state = { isSettled: false };
  const waits = createSettleWaits(() => state.isSettled);
  const told: unknown[] = [];
  const wait = (sinceLook: number, timeoutMs = LONG_MS) =>
    waits.wait(queue, sinceLook, timeoutMs).then(
      (status) => told.push(status),
      (error: unknown) => told.push(error),
    );
  return { state, waits, wait, told };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('who waits is told by a look that began later, not by one that was under way', async () => {
  const { state, waits, wait, told } = setUp();
  const waiting = wait(3);
  state.isSettled = true;
  waits.heard(3);
  await turn();
  expect([told.length, waits.areAny]).toEqual([0, true]);
  waits.heard(4);
  await waiting;
  expect([told, waits.areAny]).toEqual([[queue.status()], false]);
});

test('who waits goes on waiting while looks find the queue unsettled', async () => {
  const { state, waits, wait, told } = setUp();
  const waiting = wait(0);
  waits.heard(1);
  await turn();
  expect(told).toEqual([]);
  state.isSettled = true;
  waits.heard(2);
  await waiting;
  expect(told).toHaveLength(1);
});

test('a wait that is too long says where the queue was, and is over', async () => {
  const { waits, wait, told } = setUp();
  await wait(0, 1);
  expect(told).toEqual([new SettleTimeoutError('mail', 'draining-legacy', 1)]);
  expect(waits.areAny).toBe(false);
});

test('a close ends all waits', async () => {
  const { waits, wait, told } = setUp();
  const waiting = [wait(0), wait(1)];
  waits.close();
  await Promise.all(waiting);
  expect(told).toEqual([expect.any(ClosedError), expect.any(ClosedError)]);
  expect(waits.areAny).toBe(false);
});
