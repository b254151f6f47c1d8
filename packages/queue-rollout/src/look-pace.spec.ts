import { createLookPace } from './look-pace.js';

const nextLooks = (pace: ReturnType<typeof createLookPace>, count: number) =>
  Array.from({ length: count }, () => {
    pace.looked();
    return pace.nextInMs;
  });

test('looks closely at first, then ever less often, up to the idle interval', () => {
  const pace = createLookPace({ closeMs: 1000, restMs: 60_000 });
  const seconds = nextLooks(pace, 13).map((ms) => ms / 1000);
  expect(seconds).toEqual([1, 1, 1, 1, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

test('looks closely again when something changes', () => {
  const pace = createLookPace({ closeMs: 1000, restMs: 60_000 });
  nextLooks(pace, 2000);
  expect(pace.nextInMs).toBe(60_000);
  pace.quicken();
  expect(pace.nextInMs).toBe(1000);
  expect(nextLooks(pace, 6)).toEqual([1000, 1000, 1000, 1000, 1000, 2000]);
});

test('a queue between engines for a day is looked at some 1450 times, not 86 400', () => {
  const pace = createLookPace({ closeMs: 1000, restMs: 60_000 });
  let looks = 0;
  for (let atMs = 0; atMs < 24 * 3600 * 1000; atMs += pace.nextInMs) {
    pace.looked();
    looks += 1;
  }
  expect(looks).toBeLessThan(1460);
});
