import fc from 'fast-check';
import { inspect } from 'node:util';
import { createKeyRing, encryptionKeysFrom, type EncryptionKey } from './encryption-keys.js';
import { InvalidEncryptionKeyError } from './errors.js';

const bytes = Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 37 + 11) % 256));
const hex = bytes.toString('hex');
const base64 = bytes.toString('base64');

function refusal(keys: readonly EncryptionKey[]): InvalidEncryptionKeyError {
  try {
    createKeyRing(keys);
  } catch (error) {
    return error as InvalidEncryptionKeyError;
  }
  throw new Error('was accepted');
}

describe('createKeyRing', () => {
  test.each([
    ['one byte less', bytes.subarray(1)],
    ['one byte more', Buffer.concat([bytes, Buffer.of(1)])],
    ['a short base64', bytes.subarray(1).toString('base64')],
    ['a base64 with a line end', `${base64}\n`],
    ['a base64 with a blank inside', `${base64.slice(0, 20)} ${base64.slice(20)}`],
    ['a base64 that lost its end', base64.slice(0, -2)],
    ['a hexadecimal that lost its end', hex.slice(0, -1)],
    ['nothing', ''],
    ['a passphrase', 'correct horse battery staple'],
    ['no text', 42 as unknown as string],
  ])('refuses %s and shows none of it', (_, secret) => {
    const error = refusal([
      { id: 'good', secret: bytes },
      { id: 'now', secret },
    ]);
    expect(error).toBeInstanceOf(InvalidEncryptionKeyError);
    expect(error).toMatchObject({ code: 'ERR_CACHE_ENCRYPTION_KEY', position: 2 });
    expect(error.message).toContain('"now"');
    if (String(secret).length > 2) expect(inspect(error)).not.toContain(String(secret).trim());
  });

  test.each(['', 'a:b', 'ä', 'x'.repeat(33), 'a b', base64, hex, undefined as unknown as string])(
    'refuses the id %j and does not show it, since it may be a key',
    (id) => {
      const error = refusal([{ id, secret: bytes }]);
      expect(error).toMatchObject({ code: 'ERR_CACHE_ENCRYPTION_KEY', position: 1 });
      if (id) expect(error.message).not.toContain(`"${id}"`);
    },
  );

  test('refuses an id that two keys have', () => {
    const error = refusal([
      { id: 'a', secret: bytes },
      { id: 'a', secret: Buffer.alloc(32, 1) },
    ]);
    expect(error).toMatchObject({ position: 2 });
  });

  test('takes bytes, base64 with and without padding, base64url and hexadecimal for the same key', () => {
    const spellings = [
      bytes,
      new Uint8Array(bytes),
      base64,
      base64.replace('=', ''),
      bytes.toString('base64url'),
      hex,
      hex.toUpperCase(),
    ];
    for (const secret of spellings)
      expect(
        createKeyRing([{ id: 'k', secret }])
          .get('k')
          ?.export(),
      ).toEqual(bytes);
  });

  test('takes any 32 bytes in any spelling', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.constantFrom('base64', 'base64url', 'hex'),
        (any, spelling) => {
          const secret = Buffer.from(any).toString(spelling as BufferEncoding);
          expect(
            createKeyRing([{ id: 'k', secret }])
              .get('k')
              ?.export(),
          ).toEqual(Buffer.from(any));
        },
      ),
    );
  });

  test('keeps a copy, and shows no key when printed', () => {
    const given = Buffer.from(bytes);
    const ring = createKeyRing([{ id: 'k', secret: given }]);
    given.fill(0);
    expect(ring.get('k')?.export()).toEqual(bytes);
    const printed = inspect(ring, { depth: null, showHidden: true }) + JSON.stringify([...ring]);
    for (const spelling of [hex, base64, bytes.toString('latin1')]) expect(printed).not.toContain(spelling);
  });
});

describe('encryptionKeysFrom', () => {
  test.each([
    ['the parts the wrong way round', `${base64}:now`],
    ['no id', base64],
    ['three parts', `now:${base64}:more`],
    ['a comma at the end', `now:${base64},`],
    ['half a key', `now:${base64.slice(0, 20)}`],
  ])('refuses %s and shows no key', (_, text) => {
    const read = () => encryptionKeysFrom({ CACHE_ENCRYPTION_KEYS: text });
    expect(read).toThrow(InvalidEncryptionKeyError);
    expect(read).not.toThrow(base64.slice(0, 20));
  });

  test.each([undefined, '', ' \n'])('reads no keys from %j', (text) => {
    expect(encryptionKeysFrom({ CACHE_ENCRYPTION_KEYS: text })).toEqual([]);
  });

  test('reads keys in their order, whatever blanks stand around them', () => {
    const text = ` b:${base64} , 2:${hex}\n`;
    expect(encryptionKeysFrom({ CACHE_ENCRYPTION_KEYS: text })).toEqual([
      { id: 'b', secret: base64 },
      { id: '2', secret: hex },
    ]);
  });
});
