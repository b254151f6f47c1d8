import fc from 'fast-check';
import { InvalidIdempotencyOptionError } from './errors.js';
import { MAX_KEY_LENGTH, recordKey, type IdempotencyKey } from './record-key.js';

/** Parts made of what could break out of a part, and of anything else. */
const hostilePart = fc.oneof(
  fc.string({
    unit: fc.constantFrom(':', '%', '#', '003a', 'a', ' ', '\n', '\ud800', '\udc00', 'é', '😀'),
    minLength: 1,
  }),
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.string({ minLength: 100, maxLength: 400 }),
);
const parts = fc.array(hostilePart, { minLength: 1, maxLength: 4 });
/** As it travels: JSON in UTF-8, which has no word for half a character. */
const onTheWire = (key: IdempotencyKey, namespace = 'app') =>
  Buffer.from(recordKey(namespace, key), 'utf8').toString('latin1');

describe('recordKey', () => {
  it.each<[string, unknown]>([
    ['an empty string', ''],
    ['no parts', []],
    ['an empty part', ['token-refresh', '']],
    ['a missing id', ['token-refresh', undefined]],
    ['nothing', undefined],
    ['a number', 7],
  ])('refuses %s', (_, key) => {
    expect(() => recordKey('app', key as IdempotencyKey)).toThrow(InvalidIdempotencyOptionError);
  });

  it('gives different keys to different parts, also once they are UTF-8', () => {
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const isSame = one.length === other.length && one.every((part, n) => part === other[n]);
        expect(onTheWire(one) === onTheWire(other)).toBe(isSame);
      }),
      {
        numRuns: 2000,
        examples: [
          [['a:b'], ['a', 'b']],
          [
            ['a', 'b:c'],
            ['a:b', 'c'],
          ],
          [['%003a'], [':']],
          [['\ud800'], ['\ufffd']],
          [['\ud800'], ['\ud801']],
        ],
      },
    );
  });

  it('gives different keys to different namespaces', () => {
    fc.assert(
      fc.property(hostilePart, hostilePart, parts, parts, (one, other, key, otherKey) => {
        fc.pre(one !== other && one.length < 60 && other.length < 60);
        expect(onTheWire(key, one)).not.toBe(onTheWire(otherKey, other));
      }),
    );
  });

  it('is bounded, and still different for long keys that differ at their end', () => {
    const long = 'x'.repeat(100_000);
    expect(recordKey('app', long).length).toBeLessThanOrEqual(MAX_KEY_LENGTH);
    expect(recordKey('app', `${long}1`)).not.toBe(recordKey('app', `${long}2`));
    expect(recordKey('app', [long, '1'])).not.toBe(recordKey('app', `${long}:1`));
    fc.assert(fc.property(parts, (key) => recordKey('app', key).length <= MAX_KEY_LENGTH));
  });

  it('never takes a key for the hash of another', () => {
    const long = ['y'.repeat(1000)];
    const hashed = recordKey('app', long).slice('idempotency:app:'.length);
    expect(recordKey('app', hashed)).not.toBe(recordKey('app', long));
  });

  it('is readable where it can be', () => {
    expect(recordKey('catchup', ['token-refresh', 'user-7'])).toBe(
      'idempotency:catchup:token-refresh:user-7',
    );
  });
});
