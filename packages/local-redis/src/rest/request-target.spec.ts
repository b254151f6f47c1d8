import fc from 'fast-check';
import { parseTarget } from './request-target.js';

const texts = (target: string) => {
  const { segments, parameters, token } = parseTarget(target);
  return { segments: segments.map(String), parameters: parameters.map(String), token };
};

it.each([
  ['/', [], []],
  ['/set/a%20b/c+d', ['set', 'a b', 'c+d'], []],
  ['/set/a%2Fb/', ['set', 'a/b', ''], []],
  ['/set/key?EX=100&NX', ['set', 'key'], ['EX', '100', 'NX']],
  ['/x?a=b=c&a=d&e=', ['x'], ['a', 'b=c', 'a', 'd', 'e', '']],
  ['/x?a+b=c%2Bd', ['x'], ['a b', 'c+d']],
  ['/get/100%', ['get', '100%'], []],
  ['/get/%zz%4', ['get', '%zz%4'], []],
  ['http://example.com/get/a', ['get', 'a'], []],
  ['http://example.com', [], []],
])('reads %s', (target, segments, parameters) => {
  expect(texts(target)).toEqual({ segments, parameters, token: undefined });
});

it.each(['/get/a?_token=s%20%2B', '/get/a?EX=1&_token=s%20%2B'])('takes the token out of %s', (target) => {
  const { parameters, token } = texts(target);
  expect(token).toBe('s +');
  expect(parameters).not.toContain('_token');
});

it('leaves any bytes as they are', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const path = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
      expect(parseTarget(`/get/${path}`).segments[1]).toEqual(Buffer.from(bytes));
    }),
  );
});

it('reads what encodeURIComponent writes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (key) => {
      expect(texts(`/get/${encodeURIComponent(key)}?k=${encodeURIComponent(key)}`)).toEqual({
        segments: ['get', key],
        parameters: ['k', key],
        token: undefined,
      });
    }),
  );
});
