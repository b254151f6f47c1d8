import { mergeAll, mergeChanges } from './processor.js';

const event = (eventId: string, sequence = 0) => ({ eventId, sequence, startsAtMs: 0, title: eventId });
const cancelled = (eventId: string, sequence: number) => ({ eventId, sequence, cancelled: true as const });

test('merges additions, updates and cancellations', () => {
  const merge = mergeChanges([event('a'), event('b')], [event('a', 1), cancelled('b', 1), event('c')]);
  expect(merge).toEqual({ added: ['c'], updated: ['a'], removed: ['b'], ignored: 0 });
});

test('ignores what is older than what it knows, within one sync too', () => {
  const changes = [event('a', 4), event('b', 2), event('b', 1)];
  expect(mergeChanges([event('a', 5)], changes)).toEqual({
    added: ['b'],
    updated: [],
    removed: [],
    ignored: 2,
  });
});

test('an event that came and went between two syncs was never there', () => {
  expect(mergeChanges([], [event('a', 0), cancelled('a', 1)])).toEqual({
    added: [],
    updated: [],
    removed: [],
    ignored: 0,
  });
});

test('what a full sync does not list is gone', () => {
  const merge = mergeAll([event('a'), event('b')], [event('a', 2), event('c')]);
  expect(merge).toEqual({ added: ['c'], updated: ['a'], removed: ['b'], ignored: 0 });
});
