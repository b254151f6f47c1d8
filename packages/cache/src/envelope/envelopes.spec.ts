import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import {
  before,
  compressing,
  contacts,
  letterOf,
  now,
  plain,
  sensitive,
} from '../spec-support/sealed-texts.js';
import { createEnvelopes, type OpenOptions, type SealOptions } from './envelopes.js';
import { InvalidCacheOptionError } from '../errors.js';
import { SensitiveValueRefusedError, UnsealableValueError } from './errors.js';

const envelopes = createEnvelopes({ encryptionKeys: [now, before] });

async function faultOf(text: string, options: OpenOptions, by = envelopes) {
  return (await by.open(text, options)).fault;
}

describe('sensitive values', () => {
  const secret = 'ada@example.com, born on 1815-12-10';

  test('are refused without a key', async () => {
    const keyless = createEnvelopes();
    expect(keyless.canEncrypt).toBe(false);
    const refused = keyless.seal(secret, sensitive);
    await expect(refused).rejects.toBeInstanceOf(SensitiveValueRefusedError);
    await expect(refused).rejects.toMatchObject({ code: 'ERR_CACHE_SENSITIVE_REFUSED' });
    await expect(refused).rejects.not.toThrow(secret);
  });

  test.each([
    ['short', secret],
    ['long', secret.repeat(100)],
  ])('leave nothing readable in a %s text', async (_, value) => {
    expect(envelopes.canEncrypt).toBe(true);
    const text = await envelopes.seal(value, sensitive);
    const payload = Buffer.from(text.slice(text.lastIndexOf(':') + 1), 'base64');
    for (const form of [text, payload.toString(), payload.toString('latin1')])
      for (let at = 0; at + 6 <= secret.length; at++) expect(form).not.toContain(secret.slice(at, at + 6));
  });

  test('never come out as the same text twice', async () => {
    const texts = await Promise.all(Array.from({ length: 1000 }, () => envelopes.seal(secret, sensitive)));
    const nonces = texts.map((text) => text.slice(text.lastIndexOf(':') + 1).slice(0, 16));
    expect(new Set(nonces).size).toBe(1000);
  });

  test('are compressed before they are encrypted, not after', async () => {
    const value = contacts(200);
    const text = await envelopes.seal(value, sensitive);
    expect(text.length).toBeLessThan(value.length / 2);
  });

  test('open where they are not said to be sensitive', async () => {
    const text = await envelopes.seal(secret, sensitive);
    expect(await envelopes.open(text, plain)).toEqual({ value: secret });
  });
});

describe('a rotation of keys', () => {
  const value = contacts(2);
  const onlyBefore = createEnvelopes({ encryptionKeys: [before] });
  const onlyNow = createEnvelopes({ encryptionKeys: [now] });

  test('reads what the old key wrote, and writes with the new one', async () => {
    const old = await onlyBefore.seal(value, sensitive);
    expect(old).toMatch(/^sy1e:[^:]*:before:/);
    expect(await envelopes.open(old, sensitive)).toEqual({ value });
    const renewed = await envelopes.seal(value, sensitive);
    expect(renewed).toMatch(/^sy1e:[^:]*:now:/);
    expect(await onlyNow.open(renewed, sensitive)).toEqual({ value });
  });

  test('ends with the old key dropped: what it wrote is of an unknown key', async () => {
    const old = await onlyBefore.seal(value, sensitive);
    expect(await faultOf(old, sensitive, onlyNow)).toBe('unknown-key');
    expect(await faultOf(old, sensitive, createEnvelopes())).toBe('unknown-key');
  });

  test('notices two keys that changed their ids', async () => {
    const swapped = createEnvelopes({
      encryptionKeys: [
        { id: 'now', secret: before.secret },
        { id: 'before', secret: now.secret },
      ],
    });
    const text = await envelopes.seal(value, sensitive);
    expect(await faultOf(text, sensitive, swapped)).toBe('undecryptable');
  });
});

describe('what is sealed', () => {
  const opened = async (value: string, options: SealOptions, by = envelopes) =>
    by.open(await by.seal(value, options), options);

  test('comes back as it was, whatever the value and the key', async () => {
    const texts = fc.string({ unit: 'binary', maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(
        texts,
        fc.nat({ max: 30 }),
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.boolean(),
        fc.constantFrom(envelopes, compressing),
        async (part, times, anyKey, isSensitive, by) => {
          const value = part.repeat(times);
          expect(await opened(value, { key: anyKey, isSensitive }, by)).toEqual({ value });
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each([plain, sensitive])('comes back from zlib’s thread pool, with %j', async (options) => {
    const value = contacts(90_000);
    expect(Buffer.byteLength(value)).toBeGreaterThan(5_000_000);
    const text = await envelopes.seal(value, options);
    expect(text.length).toBeLessThan(value.length / 2);
    expect((await envelopes.open(text, options)).value === value).toBe(true);
  });

  test('lets others run while a long value is compressed and unfolded', async () => {
    const value = contacts(90_000);
    const turnsDuring = async <T>(work: Promise<T>) => {
      let turns = 0;
      const timer = setInterval(() => turns++);
      const result = await work.finally(() => clearInterval(timer));
      return { turns, result };
    };
    const sealing = await turnsDuring(envelopes.seal(value, plain));
    expect(sealing.turns).toBeGreaterThan(0);
    const opening = await turnsDuring(envelopes.open(sealing.result, plain));
    expect(opening.turns).toBeGreaterThan(0);
  });

  test('stays readable and grows by 14 bytes where it is short', async () => {
    const value = '{"value":{"name":"Ada"}}';
    const text = await envelopes.seal(value, plain);
    expect(text).toMatch(/^sy1p:[\da-f]{8}:\{"value":\{"name":"Ada"\}\}$/);
    expect(text.length).toBe(value.length + 14);
  });

  test('grows by a third and 61 bytes at most where it is short and sensitive', async () => {
    for (let length = 0; length < 100; length++) {
      const text = await envelopes.seal('x'.repeat(length), sensitive);
      expect(text.length).toBeLessThanOrEqual((length * 4) / 3 + 61);
    }
  });

  test('is compressed above the threshold, and only there', async () => {
    const at = createEnvelopes({ compressAboveBytes: 2000 });
    expect(letterOf(await at.seal('ü'.repeat(1000), plain))).toBe('sy1p');
    expect(letterOf(await at.seal('ü'.repeat(1001), plain))).toBe('sy1z');
    const never = createEnvelopes({ compressAboveBytes: Infinity });
    expect(letterOf(await never.seal('ü'.repeat(100_000), plain))).toBe('sy1p');
  });

  test('stays plain where compressing saves less than an eighth', async () => {
    const noise = randomBytes(30_000).toString('base64');
    const text = await envelopes.seal(noise, plain);
    expect(text.length).toBe(noise.length + 14);
    const almost = noise + 'a'.repeat(noise.length / 10);
    expect((await envelopes.seal(almost, plain)).length).toBe(almost.length + 14);
    const enough = noise + 'a'.repeat(noise.length / 4);
    expect((await envelopes.seal(enough, plain)).length).toBeLessThan((enough.length * 7) / 8);
  });

  test('is never longer than a little more than its value, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 3000 }), async (value) => {
        const text = await envelopes.seal(value, plain);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(Buffer.byteLength(value) + 14);
      }),
    );
  });
});

test.each([
  ['sy1p:8af9caf2:{"value":"Ada Ada Ada Ada Ada Ada Ada Ada Ada Ada Ada Ada "}'],
  ['sy1z:a44dac53:60:q1YqS8wpTVWyUnJMSVQgBSvVAgA='],
  [
    'sy1e:66679135:2026-11:CCfypIQxngCR60kH3/4w6Eyw3vqW/eIkdqPqUtgQbi5yITfz8iMSq3K2JC6+RmN+3Z9odIZ+wR0bhqvwqklYrpNNxmav52Qot/j651q6BnzxkEzTi6nM8Q==',
  ],
  ['sy1x:628502d0:2026-11:60:Ha+Kcl3ABETvxCCApLlWtUpHKahMjksBFLf1WyC9HMyOC1G2QJbdO3+XcSvbbSsA'],
])('what another release wrote as version 1 opens: %.20s', async (text) => {
  const key2026 = { id: '2026-11', secret: `${'00'.repeat(31)}01` };
  const opened = await createEnvelopes({ encryptionKeys: [key2026] }).open(text, {
    key: 'cache:ada:PROFILE',
  });
  expect(opened).toEqual({ value: `{"value":"${'Ada '.repeat(12)}"}` });
});

describe('what cannot be sealed', () => {
  const small = createEnvelopes({ maxValueBytes: 1000, encryptionKeys: [now] });

  test.each([plain, sensitive])('is a value that would not open again, with %j', async (options) => {
    const fits = 'ü'.repeat(500);
    const text = await small.seal(fits, options);
    expect(await small.open(text, options)).toEqual({ value: fits });
    const refused = small.seal(`${fits}!`, options);
    await expect(refused).rejects.toBeInstanceOf(UnsealableValueError);
    await expect(refused).rejects.toMatchObject({
      code: 'ERR_CACHE_UNSEALABLE',
      problem: 'too-large',
      valueBytes: 1001,
      maxValueBytes: 1000,
    });
  });

  test.each([plain, sensitive])('is half a surrogate pair, with %j', async (options) => {
    const refused = envelopes.seal('name: \ud83d', options);
    await expect(refused).rejects.toMatchObject({ code: 'ERR_CACHE_UNSEALABLE', problem: 'ill-formed' });
    await expect(refused).rejects.not.toThrow('name');
  });
});

describe('createEnvelopes refuses', () => {
  test.each([-1, 0.5, NaN, -Infinity, '1024' as unknown as number])('compressAboveBytes %j', (value) => {
    const create = () => createEnvelopes({ compressAboveBytes: value });
    expect(create).toThrow(InvalidCacheOptionError);
    expect(create).toThrow(expect.objectContaining({ option: 'compressAboveBytes', value }));
  });

  test.each([0, -1, 1.5, NaN, Infinity, 268_435_457])('maxValueBytes %j', (value) => {
    const create = () => createEnvelopes({ maxValueBytes: value });
    expect(create).toThrow(InvalidCacheOptionError);
    expect(create).toThrow(String(value));
  });
});
