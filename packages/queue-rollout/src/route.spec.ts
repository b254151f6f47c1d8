import fc from 'fast-check';
import { homeSide, route } from './route.js';

const percent = fc.double({ min: 0, max: 100, noNaN: true });

test('nothing goes to the target at 0 %, everything at 100 %', () => {
  fc.assert(
    fc.property(fc.string(), (key) => {
      expect(route('q', key, 0)).toBe('legacy');
      expect(route('q', key, 100)).toBe('target');
    }),
  );
});

test('raising the share never sends a key back to legacy', () => {
  fc.assert(
    fc.property(fc.string(), percent, percent, (key, a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      if (route('q', key, low) === 'target') expect(route('q', key, high)).toBe('target');
    }),
  );
});

test('the share that goes to the target is the share that was asked for', () => {
  const keys = Array.from({ length: 20_000 }, (_, index) => `user-${index}`);
  for (const share of [1, 25, 50, 90]) {
    const onTarget = keys.filter((key) => route('calendar-sync', key, share) === 'target').length;
    expect(Math.abs(onTarget / keys.length - share / 100)).toBeLessThan(0.015);
  }
});

test('queues do not have the same users as canaries', () => {
  const keys = Array.from({ length: 2000 }, (_, index) => `user-${index}`);
  const canaries = (queue: string) => new Set(keys.filter((key) => route(queue, key, 10) === 'target'));
  const [one, other] = [canaries('calendar-sync'), canaries('token-refresh')];
  const shared = [...one].filter((key) => other.has(key)).length;
  expect(shared).toBeLessThan(one.size / 2);
});

test('a key goes the same way in every release: these are fixed points', () => {
  expect(['a', 'b', 'c', 'd', 'e', 'f'].map((key) => route('calendar-sync', key, 50))).toMatchInlineSnapshot(`
   [
     "target",
     "legacy",
     "legacy",
     "legacy",
     "legacy",
     "target",
   ]
  `);
});

test('what cannot be shared out moves with the last percent', () => {
  expect([0, 50, 99.9, 100].map(homeSide)).toEqual(['legacy', 'legacy', 'legacy', 'target']);
});
