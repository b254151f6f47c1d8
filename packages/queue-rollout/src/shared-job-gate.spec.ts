import { createRateWindow } from './rate-window.js';
import { createSharedJobGate } from './shared-job-gate.js';

const never = new AbortController().signal;

/** Lets every promise that can settle do so. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('admits as many as the concurrency, first come, first served', async () => {
  const gate = createSharedJobGate({ concurrency: 2 });
  const entered: number[] = [];
  const leaves = [1, 2, 3, 4].map((job) =>
    gate.enter(never).then((leave) => {
      entered.push(job);
      return leave;
    }),
  );
  await settle();
  expect(entered).toEqual([1, 2]);
  (await leaves[1]!)();
  await settle();
  expect(entered).toEqual([1, 2, 3]);
  (await leaves[0]!)();
  await settle();
  expect(entered).toEqual([1, 2, 3, 4]);
});

test('leaving twice frees one slot', async () => {
  const gate = createSharedJobGate({ concurrency: 1 });
  const leave = await gate.enter(never);
  const second = gate.enter(never);
  let third = false;
  void gate.enter(never).then(() => (third = true));
  leave();
  leave();
  await second;
  await settle();
  expect(third).toBe(false);
});

test('who is aborted while waiting gives up and takes no slot', async () => {
  const gate = createSharedJobGate({ concurrency: 1 });
  const leave = await gate.enter(never);
  const abort = new AbortController();
  const aborted = gate.enter(abort.signal);
  const next = gate.enter(never);
  abort.abort(new Error('closing'));
  await expect(aborted).rejects.toThrow('closing');
  await expect(gate.enter(abort.signal)).rejects.toThrow('closing');
  leave();
  await next;
});

test('a window that nobody waits for any more keeps no timer, and so no process', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
  const gate = createSharedJobGate({
    concurrency: 5,
    window: createRateWindow({ max: 1, durationMs: 60_000 }),
  });
  (await gate.enter(never))();
  const before = timers();
  const abort = new AbortController();
  const waiting = [gate.enter(abort.signal), gate.enter(abort.signal)];
  expect(timers()).toBe(before + 1);
  abort.abort(new Error('closing'));
  for (const one of waiting) await expect(one).rejects.toThrow('closing');
  expect(timers()).toBe(before);
});

test('a window longer than a timer can be set for is waited for, not asked after all the time', async () => {
  let asked = 0;
  const now = () => {
    asked += 1;
    return performance.now();
  };
  const gate = createSharedJobGate({
    concurrency: 5,
    window: createRateWindow({ max: 1, durationMs: 2 ** 31 + 1000 }, now),
  });
  (await gate.enter(never))();
  const abort = new AbortController();
  const waiting = gate.enter(abort.signal);
  const before = asked;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked).toBe(before);
  abort.abort(new Error('closing'));
  await expect(waiting).rejects.toThrow('closing');
});

test('at most `max` start in any window, and those that must wait start as soon as it admits them', async () => {
  const gate = createSharedJobGate({
    concurrency: 100,
    window: createRateWindow({ max: 3, durationMs: 50 }),
  });
  const starts: number[] = [];
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      const leave = await gate.enter(never);
      starts.push(performance.now());
      leave();
    }),
  );
  for (let first = 0; first + 3 < starts.length; first += 1) {
    expect(starts[first + 3]! - starts[first]!).toBeGreaterThanOrEqual(49);
  }
  expect(starts).toHaveLength(10);
});

test('several gates with one window start no more together than it admits', async () => {
  const window = createRateWindow({ max: 3, durationMs: 80 });
  const gates = [1, 2, 3].map(() => createSharedJobGate({ concurrency: 2, window }));
  const starts: number[] = [];
  await Promise.all(
    Array.from({ length: 12 }, async (_, job) => {
      const leave = await gates[job % 3]!.enter(never);
      starts.push(performance.now());
      leave();
    }),
  );
  for (let first = 0; first + 3 < starts.length; first += 1) {
    expect(starts[first + 3]! - starts[first]!).toBeGreaterThanOrEqual(79);
  }
  expect(starts).toHaveLength(12);
});
