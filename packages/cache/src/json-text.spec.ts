import { createContext, runInContext } from 'node:vm';
import fc from 'fast-check';
import { UncacheableValueError } from './errors.js';
import { jsonTextOf } from './json-text.js';

const itself: Record<string, unknown> = {};
itself['list'] = [itself];
let deep: unknown = 1;
for (let depth = 0; depth < 20_000; depth++) deep = [deep];
class Contact {
  readonly name = 'Ada';
}

describe('a value as JSON', () => {
  it('comes back as JSON has it, where -0 is 0', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(jsonTextOf(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([
    ['null', null, 'null'],
    ['a property that is undefined, left out', { a: 1, b: undefined }, '{"a":1}'],
    ['what has a toJSON', { since: new Date(0) }, '{"since":"1970-01-01T00:00:00.000Z"}'],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ['an object of another realm', runInContext('({ a: [1] })', createContext()), '{"a":[1]}'],
  ])('%s', (_what, value, text) => {
    expect(jsonTextOf(value)).toBe(text);
  });

  it('takes what is in two places, as long as neither is within the other', () => {
    const shared = { a: 1 };
    expect(jsonTextOf([shared, { shared }])).toBe('[{"a":1},{"shared":{"a":1}}]');
  });

  it.each<[what: string, value: unknown, path: string, problem: string]>([
    ['undefined', undefined, '', 'undefined'],
    ['a function', () => 1, '', 'a function'],
    ['a symbol', { a: Symbol('x') }, 'a', 'a symbol'],
    ['a BigInt', { total: [1n] }, 'total[0]', 'a bigint'],
    ['NaN', [NaN], '[0]', 'NaN'],
    ['Infinity', { a: { b: -Infinity } }, 'a.b', '-Infinity'],
    ['undefined in a list', [1, undefined], '[1]', 'undefined'],
    ['a hole in a list', Array(1), '[0]', 'undefined'],
    ['a Map', { a: new Map() }, 'a', 'a Map'],
    ['a Set', new Set(), '', 'a Set'],
    ['bytes', new Uint8Array(2), '', 'a Uint8Array'],
    ['an object of a class', { contact: new Contact() }, 'contact', 'a Contact'],
    ['an error', new Error('x'), '', 'a Error'],
    ['a cycle', itself, 'list[0]', 'part of itself'],
    ['what would overflow the stack', { deep }, '', 'nested more than 1000 deep'],
    ['a promise', Promise.resolve(1), '', 'a Promise'],
  ])('%s is refused, with where it is', (_what, value, path, problem) => {
    expect(() => jsonTextOf(value)).toThrow(UncacheableValueError);
    expect(() => jsonTextOf(value)).toThrow(
      expect.objectContaining({ code: 'ERR_CACHE_VALUE', path, problem }),
    );
  });
});
