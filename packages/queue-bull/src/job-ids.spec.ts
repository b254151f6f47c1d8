import { assert, property, string } from 'fast-check';
import { decodeJobId, encodeJobId, storedJobIds } from './job-ids.js';

describe('ids as Bull stores them', () => {
  test.each(['user:42', 'a:b:c', 'ünï-😀', '-1', '1e3', 'x'.repeat(512), '{tag}', '*', 'waiter', 'id:7'])(
    '%s stays as it is, so that a legacy producer means the same job by it',
    (id) => {
      expect(encodeJobId(id)).toBe(id);
      expect(decodeJobId(id)).toBe(id);
      expect(storedJobIds(id)).toEqual([id]);
    },
  );

  test.each([
    '0',
    '17',
    '007',
    '18446744073709551616',
    'repeat:0123:1700000000000',
    'say "hi"',
    'a\\b',
    'line\nbreak',
  ])('%s is stored under another name, and looked up as the legacy app wrote it, too', (id) => {
    const stored = encodeJobId(id);
    expect(stored).not.toBe(id);
    expect(decodeJobId(stored)).toBe(id);
    // What the legacy app wrote reads back unchanged.
    expect(decodeJobId(id)).toBe(id);
    expect(storedJobIds(id)).toEqual([stored, id]);
  });

  test.each([
    'wait',
    'paused',
    'meta-paused',
    'id',
    'repeat',
    'limiter',
    'de:x',
    'limiter:index',
    'metrics:failed',
    '7:lock',
    'a:logs',
    'switchyard:suspended',
    'switchyard:departed',
    'switchyard:claim:nightly',
  ])('%s is a key of its own and never looked up as it is', (id) => {
    expect(decodeJobId(encodeJobId(id))).toBe(id);
    expect(encodeJobId(id)).not.toBe(id);
    expect(storedJobIds(id)).toEqual([encodeJobId(id)]);
  });

  test('no two ids are stored alike, not even one that looks encoded', () => {
    for (const id of ['17', encodeJobId('17'), encodeJobId(encodeJobId('17'))]) {
      expect(decodeJobId(encodeJobId(id))).toBe(id);
      expect(storedJobIds(id)[0]).toBe(encodeJobId(id));
    }
    expect(encodeJobId(encodeJobId('17'))).not.toBe(encodeJobId('17'));
    // Looking for the id that is written like the stored form of another must not find that other.
    expect(storedJobIds(encodeJobId('17'))).toHaveLength(1);
  });

  test('what only looks encoded reads as it is', () => {
    for (const stored of ['switchyard:id:', 'switchyard:id:%', 'switchyard:id:user', 'switchyard:id:%31']) {
      expect(decodeJobId(stored)).toBe(stored);
    }
  });

  test('every id reads back as itself', () => {
    assert(
      property(string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (id) => {
        expect(decodeJobId(encodeJobId(id))).toBe(id);
      }),
    );
  });
});
