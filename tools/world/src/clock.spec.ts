import { createClock, createIds } from './clock.js';

test('time passes when it is told to, and never back', () => {
  const clock = createClock(new Date(1000));
  clock.pass(500);
  clock.passUntil(new Date(1200));
  expect(clock.now()).toEqual(new Date(1500));
  clock.passUntil(new Date(2000));
  expect(clock.now()).toEqual(new Date(2000));
});

test('ids are UUIDs, each its own, the same for the same seed', () => {
  const idsOf = (seed: number) => Array.from({ length: 50 }, createIds(seed));
  const ids = idsOf(1);
  expect(new Set([...ids, ...idsOf(2)]).size).toBe(100);
  expect(idsOf(1)).toEqual(ids);
  for (const id of ids)
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});
