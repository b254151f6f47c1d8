import fc from 'fast-check';
import type { HttpRedis } from './index.js';
import { openHttpLab, type HttpLab } from './spec-support/http-lab.js';
import { rejection } from './spec-support/rejection.js';

let lab: HttpLab;
let redis: HttpRedis;
beforeAll(async () => {
  lab = await openHttpLab();
  redis = lab.client({ timeoutMs: 20_000, retry: 'none' });
});
afterAll(() => lab.stop());

const HOSTILE = [
  'with spaces',
  '"double" and \'single\'',
  'line\nbreak\r\n',
  'SET x 1\r\nDEL y\r\n',
  'emoji 😀👩‍👩‍👧',
  'null\u0000and\u0001more',
  'back\\slash',
  '../..//%2F?_token=x#y',
  '{"json":[1]}',
  'a text with \\ud800 in it',
  '\u2028\u2029\ufeff',
  'ünïcödé',
  ' ',
  '',
];

test.each(HOSTILE)('%j is a key and a value like any other', async (text) => {
  await redis.set(text, text);
  expect(await redis.get(text)).toBe(text);
  expect((await lab.behind.getBuffer(text))?.equals(Buffer.from(text))).toBe(true);
  const [one, two] = await Promise.all([redis.getMany([text, 'nobody']), redis.pipeline([['GET', text]])]);
  expect([one, two]).toEqual([[text, null], [{ reply: text }]]);
  expect(await redis.del([text])).toBe(1);
});

test('so is any text, alone and in a request with others', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(text, text, async (key, value) => {
      const answers = await Promise.all([
        redis.set(`p:${key}`, value),
        redis.get(`p:${key}`),
        redis.set(key, 'other'),
      ]);
      expect(answers).toEqual([true, value, true]);
    }),
    { numRuns: 150 },
  );
});

test('bytes that are no UTF-8 are lost, and nothing else is', async () => {
  await lab.behind.set('bytes', Buffer.from([0xff, 0x61, 0xc3, 0x28, 0x00]));
  const [bytes, neighbour] = await Promise.all([redis.get('bytes'), redis.command(['ECHO', 'ä'])]);
  expect(bytes).toBe('\ufffda\ufffd(\u0000');
  expect(neighbour).toBe('ä');
});

test('9.9 MB go there and back; a small call of the same tick has a request of its own', async () => {
  const value = 'x'.repeat(9_900_000);
  const [stored, small] = await Promise.all([redis.set('large', value), redis.set('small', 1)]);
  expect([stored, small]).toEqual([true, true]);
  expect((await redis.get('large')) === value).toBe(true);
});

test('9.9 MB of text that takes several bytes a character arrive whole', async () => {
  const value = 'ä€'.repeat(1_980_000);
  await redis.set('wide', value);
  expect((await redis.get('wide')) === value).toBe(true);
});

test('11 MB are refused, which harms neither the circuit nor a neighbour', async () => {
  const refused = rejection(redis.set('huge', 'x'.repeat(11_000_000)));
  const neighbour = redis.set('small', 2);
  expect(await refused).toMatchObject({
    code: 'ERR_REDIS_COMMAND',
    command: 'SET',
    keyPrefix: 'huge',
    problem: expect.stringMatching(/^ERR max request size exceeded\. Limit: 10000000 bytes/),
  });
  expect(await neighbour).toBe(true);
  expect(redis.health()).toMatchObject({ circuit: 'closed', consecutiveFailures: 0 });
  expect(await redis.exists('huge')).toBe(false);
});
