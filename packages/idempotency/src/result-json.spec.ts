import fc from 'fast-check';
import { ResultNotStorableError } from './errors.js';
import { resultJson } from './result-json.js';

describe('resultJson', () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;

  it.each<[string, unknown]>([
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a bigint', 1n],
    ['a bigint within', { total: 1n }],
    ['NaN', NaN],
    ['Infinity within', { rate: [Infinity] }],
    ['undefined in an array', [undefined]],
    ['a Map', new Map([[1, 2]])],
    ['a Set within', { seen: new Set([1]) }],
    ['an Error', new Error('no')],
    ['a promise that nobody awaited', { later: Promise.resolve(1) }],
    ['a circle', circle],
    [
      'a toJSON that throws',
      {
        toJSON: () => {
          throw new Error('secret 4711');
        },
      },
    ],
  ])('refuses %s', (_, result) => {
    expect(() => resultJson(result, 1000)).toThrow(ResultNotStorableError);
  });

  it('shows neither values nor what a toJSON says', () => {
    const shown = (result: unknown) => {
      try {
        return resultJson(result, 10);
      } catch (error) {
        return `${String(error)} ${JSON.stringify(error)} ${(error as Error).stack} ${String((error as Error).cause)}`;
      }
    };
    expect(
      shown({
        toJSON: () => {
          throw new Error('secret 4711');
        },
      }),
    ).not.toContain('4711');
    expect(shown({ text: 'secret 4711' })).not.toContain('4711');
  });

  it('measures the bound in bytes', () => {
    expect(resultJson('é'.repeat(4), 10)).toBe('"éééé"');
    expect(() => resultJson('é'.repeat(5), 10)).toThrow(ResultNotStorableError);
    try {
      resultJson('é'.repeat(5), 10);
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_IDEMPOTENCY_RESULT_NOT_STORABLE', bytes: 12 });
    }
  });

  it('tells nothing, null and fields left out apart', () => {
    expect(resultJson(undefined, 0)).toBe('');
    expect(resultJson(null, 10)).toBe('null');
    expect(resultJson({ a: undefined, b: 1 }, 10)).toBe('{"b":1}');
    expect(resultJson({ toJSON: () => undefined }, 10)).toBe('');
  });

  it('carries dates by their toJSON, and what has no prototype', () => {
    expect(resultJson(new Date(0), 100)).toBe('"1970-01-01T00:00:00.000Z"');
    expect(resultJson(Object.assign(Object.create(null) as object, { a: 1 }), 100)).toBe('{"a":1}');
  });

  it('carries every JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(resultJson(value, 1e6))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
