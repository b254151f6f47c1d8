import { createManualClock } from '../spec-support/manual-clock.js';
import { createBlockingLoop } from './blocking-loop.js';
import type { PrivateConnection } from './private-connection.js';

/** A pause begins in one and ends in another. */
const STEP_MS = 10;

it('a command that is refused again and again is asked anew within half a second', async () => {
  const clock = createManualClock();
  const askedAtMs: number[] = [];
  const connection: PrivateConnection = {
    isOpen: true,
    ready: () => Promise.resolve(),
    ask: () => {
      askedAtMs.push(clock.nowMs());
      return Promise.reject(new Error('CLUSTERDOWN The cluster is down'));
    },
    rename: () => Promise.resolve(),
    reset: () => undefined,
    close: () => Promise.resolve(),
  };
  const errors: Error[] = [];
  const loop = createBlockingLoop(
    connection,
    {
      send: () => undefined,
      handle: () => undefined,
      interrupt: () => Promise.resolve(),
      isNeeded: () => true,
      onBroken: () => undefined,
    },
    { blockMs: 1_000 },
    clock,
    (error) => errors.push(error),
  );
  loop.start();
  for (let passed = 0; passed < 1_000; passed += 1) {
    clock.advance(STEP_MS);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const pauses = askedAtMs.slice(1).map((atMs, index) => atMs - (askedAtMs[index] ?? 0));
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(100);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(500 + STEP_MS);
  expect(errors).toHaveLength(askedAtMs.length);
});
