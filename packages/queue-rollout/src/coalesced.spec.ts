import { coalesced } from './coalesced.js';

function manual() {
  const runs: { finish: () => void; fail: (error: Error) => void }[] = [];
  const task = () =>
    new Promise<number>((resolve, reject) => {
      const run = runs.length;
      runs.push({ finish: () => resolve(run), fail: reject });
    });
  return { runs, call: coalesced(task) };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('runs at once, and those who call meanwhile share one run after it', async () => {
  const { runs, call } = manual();
  const first = call();
  const others = [call(), call(), call()];
  expect(runs).toHaveLength(1);
  runs[0]!.finish();
  expect(await first).toBe(0);
  await settle();
  expect(runs).toHaveLength(2);
  const later = call();
  runs[1]!.finish();
  expect(await Promise.all(others)).toEqual([1, 1, 1]);
  await settle();
  runs[2]!.finish();
  expect(await later).toBe(2);
  expect(runs).toHaveLength(3);
});

test('never runs twice at a time, whenever it is called', async () => {
  let running = 0;
  let peak = 0;
  const call = coalesced(async () => {
    peak = Math.max(peak, ++running);
    await settle();
    running -= 1;
  });
  const calls: Promise<void>[] = [];
  for (let n = 0; n < 200; n += 1) {
    calls.push(call(), call());
    if (n % 3 === 0) await settle();
    if (n % 5 === 0) await calls.at(-1);
    if (n % 7 === 0) await Promise.resolve();
  }
  await Promise.all(calls);
  expect(peak).toBe(1);
});

test('a run that fails is told to those who called for it, and the next one runs all the same', async () => {
  const { runs, call } = manual();
  const first = call();
  const second = call();
  runs[0]!.fail(new Error('no'));
  await expect(first).rejects.toThrow('no');
  await settle();
  runs[1]!.finish();
  expect(await second).toBe(1);
});
