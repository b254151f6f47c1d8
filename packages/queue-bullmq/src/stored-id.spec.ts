import { callerId, isFiringId, storedId } from './stored-id.js';

describe('storedId', () => {
  const REFUSED_OR_MISREAD = [
    '0',
    '5',
    '-5',
    '007',
    '12345678901234567890123',
    'NaN',
    '0:1',
    'a:b',
    'a:b:c',
    'repeat:daily:1700000000000',
    ':',
    'wait',
    'meta',
    'events',
    'waiting-children',
    'stalled-check',
    '~tilde',
    '~a%3Ab',
  ];
  const READABLE = [
    'order-17',
    'user_5',
    '5 apples',
    'a%3Ab',
    'Ünï',
    ' ',
    '3f0c0a0e-6b0e-4d6c-8f0a-0d9d3c1b2a10',
  ];

  test.each(REFUSED_OR_MISREAD)('encodes %j so that BullMQ takes it for an id, and back', (id) => {
    const stored = storedId(id);
    expect(stored).not.toBe(id);
    expect(stored).not.toContain(':');
    expect(String(Number.parseInt(stored, 10))).not.toBe(stored);
    expect(callerId(stored)).toBe(id);
  });

  test.each(READABLE)('leaves %j readable', (id) => {
    expect(storedId(id)).toBe(id);
    expect(callerId(id)).toBe(id);
  });

  test('gives no two ids the same stored form', () => {
    const ids = [...REFUSED_OR_MISREAD, ...READABLE, 'a%3Ab:', 'a::b', 'a%253Ab', '~a:b'];
    expect(new Set(ids.map(storedId)).size).toBe(ids.length);
    expect(ids.map(storedId).map(callerId)).toEqual(ids);
  });
});

test('isFiringId knows the ids that BullMQ gives to the firings of schedules', () => {
  expect(isFiringId('repeat:daily:1700000000000')).toBe(true);
  expect(isFiringId(`repeat:${storedId('a:b')}:1700000000000`)).toBe(true);
  expect(isFiringId('repeat:daily:soon')).toBe(false);
  expect(isFiringId('xrepeat:daily:1')).toBe(false);
});
