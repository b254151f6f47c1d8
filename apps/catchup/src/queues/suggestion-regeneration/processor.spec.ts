import { afterContactsChanged, afterEventsChanged } from './processor.js';

const suggestions = [
  { suggestionId: 's1', contactId: 'ada', score: 0.9 },
  { suggestionId: 's2', contactId: 'bo', score: 0.3 },
  { suggestionId: 's3', contactId: 'cy', score: 0.5 },
];

test('suggestions of removed contacts go, those of updated ones are computed anew', () => {
  const change = { userId: 'u', suggestions, removedContactIds: ['bo'], updatedContactIds: ['cy', 'bo'] };
  expect(afterContactsChanged(change)).toEqual({
    keep: [{ suggestionId: 's1', score: 0.9 }],
    drop: ['s2'],
    recompute: ['cy'],
  });
});

test('whoever was met moves down or out', () => {
  expect(afterEventsChanged({ userId: 'u', suggestions, metContactIds: ['ada', 'bo'] })).toEqual({
    keep: [
      { suggestionId: 's3', score: 0.5 },
      { suggestionId: 's1', score: 0.225 },
    ],
    drop: ['s2'],
    recompute: [],
  });
});
