import { createObservations } from './observations.js';
import type { Side } from './route.js';

/** A queue that has moved to the target, both of whose engines have said that they hold nothing. */
function moved() {
  const added: Side[] = [];
  const flags = { targetShare: 100 };
  const seen = createObservations(
    ['legacy', 'target'],
    () => flags.targetShare,
    (side) => added.push(side),
  );
  seen.forget();
  for (const side of ['legacy', 'target'] as const) seen.observed(side, false, seen.momentOf(side));
  return { seen, flags, added };
}

test('until it is asked, a side may hold anything', () => {
  const { seen } = moved();
  expect([seen.isAsked('legacy'), seen.holdsWork('legacy')]).toEqual([true, false]);
  seen.forget();
  expect([seen.isAsked('legacy'), seen.holdsWork('legacy')]).toEqual([false, true]);
});

test('what was asked before the flags changed, or work was expected, proves no side empty, but that one is not', () => {
  const { seen } = moved();
  const before = seen.momentOf('legacy');
  seen.forget();
  expect(seen.observed('legacy', false, before)).toBe(false);
  expect(seen.isAsked('legacy')).toBe(false);
  seen.observed('legacy', true, before);
  expect([seen.isAsked('legacy'), seen.holdsWork('legacy')]).toEqual([true, true]);

  const meanwhile = seen.momentOf('legacy');
  expect(seen.expectWork('legacy')).toBe(false); // it is known to hold some
  seen.observed('legacy', false, meanwhile);
  expect(seen.holdsWork('legacy')).toBe(true);
  expect(seen.observed('legacy', false, seen.momentOf('legacy'))).toBe(true);
  expect(seen.holdsWork('legacy')).toBe(false);
});

test('work that is expected is news for a side that is closed, not for one that gets adds', () => {
  const { seen } = moved();
  expect([seen.expectWork('legacy'), seen.expectWork('target')]).toEqual([true, false]);
  expect(seen.holdsWork('legacy')).toBe(true);
});

test('an add holds its side open until it has ended, however it ends, and tells where no adds go', async () => {
  const { seen, flags, added } = moved();
  let end = () => {};
  const adding = seen.adding('legacy', () => new Promise<void>((resolve) => (end = resolve)));
  seen.observed('legacy', false, seen.momentOf('legacy'));
  expect(seen.holdsWork('legacy')).toBe(true);
  end();
  await adding;
  expect([seen.holdsWork('legacy'), added]).toEqual([false, ['legacy']]);

  await expect(seen.adding('legacy', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect([seen.holdsWork('legacy'), added]).toEqual([false, ['legacy', 'legacy']]);

  expect(await seen.adding('target', () => Promise.resolve(seen.holdsWork('target')))).toBe(false);
  await seen.adding('target', async () => void (flags.targetShare = 0)); // the flags change on its way
  expect(added).toEqual(['legacy', 'legacy', 'target']);
});
