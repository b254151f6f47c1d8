import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { createSealing, type SealedPlace } from './sealing.js';
import { InvalidTokenKeyError, UnknownTokenKeyError, UnreadableTokenError } from './token-errors.js';
import { createKeyRing, DEVELOPMENT_TOKEN_KEY, tokenKeysFrom, type TokenKey } from './token-keys.js';

const key = (id: string): TokenKey => ({ id, secret: randomBytes(32) });
const [older, newer] = [key('older'), key('newer')];
const sealing = (...keys: TokenKey[]) => createSealing(createKeyRing(keys));
const place: SealedPlace = { table: 'oauth_tokens', id: 'a', field: 'access' };

test('an envelope opens at its own place alone', () => {
  const { seal, open } = sealing(newer);
  const envelope = seal('ya29.secret', place);
  for (const other of [{ id: 'b' }, { field: 'refresh' }, { table: 'oauth_states' }, { id: 'a","access' }])
    expect(() => open(envelope, { ...place, ...other })).toThrow(UnreadableTokenError);
  expect(open(envelope, place)).toBe('ya29.secret');
});

test('whatever is changed about an envelope, it does not open', () => {
  const { seal, open } = sealing(newer);
  const envelope = seal('ya29.secret', place);
  fc.assert(
    fc.property(fc.nat(envelope.length - 1), fc.constantFrom(...'AQgw-_.19z'), (at, sign) => {
      const changed = envelope.slice(0, at) + sign + envelope.slice(at + 1);
      fc.pre(changed !== envelope);
      // The last characters of base64 may hold bits that mean nothing.
      fc.pre(!Buffer.from(changed.split('.')[2] ?? '', 'base64url').equals(bytesOf(envelope)) || at < 10);
      expect(() => open(changed, place)).toThrow(/opened|among/);
    }),
    { seed: 5, numRuns: 300 },
  );
  for (const text of [
    '',
    'ya29.secret',
    'v1.newer.',
    'v1.newer.AAAA',
    'v2' + envelope.slice(2),
    envelope + '=\n',
  ])
    expect(() => open(text, place)).toThrow(UnreadableTokenError);
});

const bytesOf = (envelope: string) => Buffer.from(envelope.split('.')[2] ?? '', 'base64url');

test('a key of the same name is another key, and one that is not there is named', () => {
  const envelope = sealing(newer).seal('ya29.secret', place);
  expect(() => sealing({ ...key('newer') }).open(envelope, place)).toThrow(UnreadableTokenError);
  const unknown = () => sealing(older).open(envelope, place);
  expect(unknown).toThrow(UnknownTokenKeyError);
  expect(unknown).toThrow(expect.objectContaining({ keyId: 'newer' }));
});

test('the first key seals, all of them open, and any text comes back', () => {
  const { seal, open, currentKeyId } = sealing(newer, older);
  expect(currentKeyId).toBe('newer');
  expect(open(sealing(older).seal('before', place), place)).toBe('before');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (text) => {
      expect(open(seal(text, place), place)).toBe(text);
    }),
    { seed: 5, numRuns: 100 },
  );
});

test('the same text is sealed in another way each time, and neither text nor key shows', () => {
  const ring = createKeyRing([newer]);
  const { seal } = createSealing(ring);
  const [one, other] = [seal('ya29.secret', place), seal('ya29.secret', place)];
  expect(one).not.toBe(other);
  expect(one + inspect(ring, { depth: 9, showHidden: true })).not.toContain('ya29');
  expect(inspect([ring, sealing(newer)], { depth: 9 })).not.toContain(
    Buffer.from(newer.secret).toString('hex').slice(0, 8),
  );
});

test.each([
  ['now:hunter2', /key 1 .*32 bytes/],
  [`a:${'00'.repeat(32)},a:${'11'.repeat(32)}`, /key 2 .*"a"/],
  [`a b:${'00'.repeat(32)}`, /key 1 has an id/],
  ['hunter2', /key 1 is not written as/],
  [`a:${'00'.repeat(32)}:b`, /key 1 is not written as/],
])('the keys "%s" are refused', (text, message) => {
  const read = () => tokenKeysFrom({ TOKEN_ENCRYPTION_KEYS: text });
  expect(read).toThrow(InvalidTokenKeyError);
  expect(read).toThrow(message);
  expect(read).not.toThrow('hunter2');
});

test('keys are read from the environment, and none is no ring', () => {
  const [one, other] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64url')];
  expect(tokenKeysFrom({ TOKEN_ENCRYPTION_KEYS: ` a:${one}, b:${other}\n` })).toEqual([
    { id: 'a', secret: one },
    { id: 'b', secret: other },
  ]);
  expect(tokenKeysFrom({ TOKEN_ENCRYPTION_KEYS: ' ' })).toEqual([]);
  expect(() => createKeyRing([])).toThrow(InvalidTokenKeyError);
  expect(createKeyRing([DEVELOPMENT_TOKEN_KEY]).currentId).toBe('development');
});
