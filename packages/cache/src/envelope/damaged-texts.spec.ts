import fc from 'fast-check';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  before,
  compressing,
  contacts,
  everyWrapping,
  forge,
  key,
  letterOf,
  now,
  plain,
  sensitive,
} from '../spec-support/sealed-texts.js';
import { createEnvelopes, type OpenOptions } from './envelopes.js';

const envelopes = createEnvelopes({ encryptionKeys: [now, before] });

async function faultOf(text: string, options: OpenOptions = plain) {
  return (await envelopes.open(text, options)).fault;
}

test('every wrapping is put to the test', async () => {
  expect((await everyWrapping(contacts(4))).map(letterOf)).toEqual(['sy1p', 'sy1z', 'sy1e', 'sy1x']);
});

describe('a text that is not as it was sealed', () => {
  const value = contacts(4);

  test('is a fault, wherever it was cut off', async () => {
    for (const text of await everyWrapping(value)) {
      for (let length = 0; length < text.length; length++)
        expect([length, await faultOf(text.slice(0, length))]).toEqual([
          length,
          length < 3 ? 'foreign' : 'corrupt',
        ]);
      expect(await faultOf(`${text}A`)).toBe('corrupt');
      expect(await faultOf(`${text}\n`)).toBe('corrupt');
    }
  });

  test('is a fault, whichever bit flipped', async () => {
    for (const text of await everyWrapping(value)) {
      const bytes = Buffer.from(text);
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const damaged = Buffer.from(bytes);
        damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
        expect([bit, await faultOf(damaged.toString())]).toEqual([
          bit,
          expect.stringMatching(/^(corrupt|foreign|unknown-version)$/),
        ]);
      }
    }
  });

  test('is a fault where two of its parts changed places', async () => {
    const texts = await everyWrapping(value);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...texts),
        fc.constantFrom(...texts),
        fc.nat(),
        fc.nat(),
        async (head, tail, cut, from) => {
          const mixed = head.slice(0, cut % head.length) + tail.slice(from % tail.length);
          fc.pre(!texts.includes(mixed));
          expect(await faultOf(mixed)).toBeDefined();
        },
      ),
    );
  });

  test.each([
    ['nothing', ''],
    ['a number', '42'],
    ['JSON of another cache', '{"value":{"name":"Ada"},"createdAt":1}'],
    ['JSON null', 'null'],
    ['a page of a proxy', '<!doctype html><html><body>502 Bad Gateway</body></html>'],
    ['an object that was not serialized', '[object Object]'],
    ['a word that begins alike', 'sync:done'],
    ['gzip read as text', Buffer.from('1f8b08000000000000034bca', 'hex').toString()],
    ['half a surrogate pair', '\ud800'],
  ])('is foreign if it is %s', async (_, text) => {
    expect(await faultOf(text)).toBe('foreign');
    expect(await faultOf(text, sensitive)).toBe('foreign');
  });

  test.each(['sy2p:00000000:{}', 'sy10p:00000000:{}'])(
    'is of an unknown version if it begins as %j',
    async (text) => {
      expect(await faultOf(text)).toBe('unknown-version');
    },
  );

  test.each([
    'sy1',
    'sy1p',
    'sy1p:',
    'sy1q:00000000:',
    'sy1p:0000000G:1',
    'sy1z:00000000:0:AA',
    'sy1e:00000000::AA',
  ])('is corrupt if it is %j', async (text) => {
    expect(await faultOf(text)).toBe('corrupt');
  });

  test('is a fault and no throw, whatever it is', async () => {
    const anything = fc.string({ unit: 'binary', maxLength: 200 });
    const prefixed = fc
      .tuple(fc.constantFrom('sy1p:', 'sy1z:', 'sy1e:', 'sy1x:', 'sy2p:'), anything)
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(fc.oneof(anything, prefixed), fc.boolean(), async (text, isSensitive) => {
        expect(await faultOf(text, { key, isSensitive })).toBeDefined();
      }),
    );
  });
});

describe('a text that somebody forged', () => {
  const value = contacts(40);

  test('cannot unfold to more than it says', async () => {
    const bomb = deflateRawSync(Buffer.alloc(20_000_000)).toString('base64');
    expect(await faultOf(forge(`sy1z:0:1000:${bomb}`))).toBe('corrupt');
    expect(await faultOf(forge(`sy1z:0:100000:${bomb}`))).toBe('corrupt');
  });

  test('is given up as soon as it unfolds to more than it says', async () => {
    const bomb = deflateRawSync(Buffer.alloc(200_000_000), { level: 1 });
    const text = forge(`sy1z:0:100000:${bomb.toString('base64')}`);
    const unbound = performance.now();
    inflateRawSync(bomb);
    const bound = performance.now();
    expect(await faultOf(text)).toBe('corrupt');
    expect(performance.now() - bound).toBeLessThan((bound - unbound) / 3);
  });

  test('cannot say more than may be', async () => {
    const bomb = deflateRawSync(Buffer.alloc(40_000_000)).toString('base64');
    expect(await faultOf(forge(`sy1z:0:40000000:${bomb}`))).toBe('too-large');
    expect(await faultOf(forge(`sy1x:0:now:9999999999:${bomb}`))).toBe('too-large');
  });

  test.each([
    ['no DEFLATE', 'AAAA////'],
    ['no base64', '"}]{'],
    ['nothing', ''],
    ['less than it says', deflateRawSync(Buffer.alloc(10)).toString('base64')],
  ])('is corrupt where %s is to be unfolded', async (_, payload) => {
    expect(await faultOf(forge(`sy1z:0:100:${payload}`))).toBe('corrupt');
    expect(await faultOf(forge(`sy1z:0:100000:${payload}`))).toBe('corrupt');
  });

  test('is no sensitive value', async () => {
    for (const text of (await everyWrapping(value)).slice(0, 2)) {
      expect(await faultOf(text, plain)).toBeUndefined();
      expect(await faultOf(text, sensitive)).toBe('unencrypted');
    }
  });

  test('does not decrypt after any change of its payload or header', async () => {
    for (const text of (await everyWrapping(value)).slice(2)) {
      expect(forge(text)).toBe(text);
      const payloadAt = text.lastIndexOf(':') + 1;
      for (const at of [payloadAt, payloadAt + 20, text.length - 30, text.length - 5]) {
        const other = text[at] === 'A' ? 'B' : 'A';
        const changed = forge(text.slice(0, at) + other + text.slice(at + 1));
        expect([at, await faultOf(changed, sensitive)]).toEqual([at, 'undecryptable']);
      }
      expect(await faultOf(forge(text.slice(0, payloadAt + 36)), sensitive)).toBe('undecryptable');
      expect(await faultOf(forge(text.slice(0, payloadAt)), sensitive)).toBe('undecryptable');
      expect(await faultOf(forge(text.replace(':now:', ':before:')), sensitive)).toBe('undecryptable');
    }
    const [, , asWhole, asDeflated] = (await everyWrapping(value)) as [string, string, string, string];
    const { length } = Buffer.from(value);
    expect(await faultOf(forge(asDeflated.replace(`:${length}:`, `:${length + 1}:`)), sensitive)).toBe(
      'undecryptable',
    );
    expect(await faultOf(forge(asWhole.replace(/^sy1e(.*:now:)/, `sy1x$1${length}:`)), sensitive)).toBe(
      'undecryptable',
    );
  });
});

describe('a text under another cache key', () => {
  const value = contacts(40);

  test('does not open', async () => {
    for (const text of await everyWrapping(value))
      for (const other of ['cache:eve:CONTACTS_LIST', `${key} `, key.slice(1), ''])
        expect(await faultOf(text, { key: other })).toBe('corrupt');
  });

  test('does not open either where the check was made to fit', async () => {
    const text = await compressing.seal(value, { key: 'cache:eve:CONTACTS_LIST', isSensitive: true });
    expect(await faultOf(forge(text), sensitive)).toBe('undecryptable');
  });

  test('does not open where key and value were cut at another place', async () => {
    const text = await envelopes.seal('bc', { key: 'a' });
    const [head] = text.split('bc');
    expect(await faultOf(`${head}c`, { key: 'ab' })).toBe('corrupt');
  });
});
