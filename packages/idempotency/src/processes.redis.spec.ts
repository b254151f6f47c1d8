import { setTimeout as pause } from 'node:timers/promises';
import type { Idempotency } from './index.js';
import { startChild, type Child } from './spec-support/child.js';
import { claimed, startLab, type Lab } from './spec-support/lab.js';

/** Processes load their TypeScript as they start, of which a busy machine makes much. */
const START_LIMIT_MS = 180_000;

let lab: Lab;
let idempotency: Idempotency;
const children: Child[] = [];

beforeAll(async () => {
  lab = await startLab();
  idempotency = lab.open();
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()));
});
afterAll(() => lab.stop());

function start(program: string, ...args: readonly string[]): Child {
  const child = startChild(program, [lab.endpoint.url, lab.endpoint.token, ...args]);
  children.push(child);
  return child;
}

test(
  'of four processes that claim the same 500 keys at once, each key goes to exactly one',
  async () => {
    // Two and two side by side, and both pairs towards each other.
    const directions = ['forwards', 'forwards', 'backwards', 'backwards'];
    const processes = directions.map((direction) => start('claim-all.mjs', '500', direction));
    for (const child of processes) expect(await child.line()).toBe('ready');
    for (const child of processes) child.tell('go');
    const got = await Promise.all(
      processes.map(async (child) => JSON.parse((await child.line()).slice('got '.length)) as string[]),
    );
    const all = got.flat();
    expect(all).toHaveLength(500);
    expect(new Set(all).size).toBe(500);
    // Had one of them been alone, nothing would be proven.
    expect(got.filter((keys) => keys.length > 0).length).toBeGreaterThan(1);
  },
  START_LIMIT_MS,
);

test(
  'kill -9 between claim and end gives the key back after the lease, and not while its holder lives',
  async () => {
    // Renewed when half of it has gone: a machine may stand still for the other half.
    const LEASE_SECONDS = 3;
    const child = start('hold.mjs', 'held', String(LEASE_SECONDS));
    expect(await child.line()).toBe('running');
    const livesUntilMs = performance.now() + 1.6 * LEASE_SECONDS * 1000;
    while (performance.now() < livesUntilMs) {
      expect((await idempotency.claim('held')).state).toBe('in-progress');
      // The holder needs the processor, too.
      await pause(10);
    }

    await child.kill();
    let outcome = await idempotency.claim('held');
    expect(outcome.state).toBe('in-progress');
    while (outcome.state === 'in-progress') outcome = await idempotency.claim('held');
    await claimed(outcome).complete('by the next');
    expect(await idempotency.claim('held')).toEqual({ state: 'done', result: 'by the next' });
  },
  START_LIMIT_MS,
);
