import fc from 'fast-check';
import { InvalidCacheKeyError } from './errors.js';
import { ANY, globOf, matcherOf } from './key-pattern.js';

describe('a pattern', () => {
  it.each([
    ['PAGE', 'PAGE'],
    ['PAGE:*', 'PAGE:*'],
    ['CONTACT*', 'CONTACT*'],
    ['PAGE:a b:*', 'PAGE:a%20b:*'],
    ['PAGE:[ab]?', 'PAGE:%5Bab%5D%3F'],
  ])('%s is the glob %s', (pattern, glob) => {
    expect(globOf(pattern)).toBe(glob);
  });

  it('of parts takes them as they are', () => {
    expect(globOf(['PAGE', '*:?', 7, ANY])).toBe('PAGE:%2A%3A%3F:7:*');
  });

  it.each(['', '*', '**', '*PAGE', '*:PAGE'])('"%s" is refused', (pattern) => {
    expect(() => globOf(pattern)).toThrow(InvalidCacheKeyError);
  });

  it('with more than eight wildcards is refused', () => {
    expect(globOf(`P${'a*'.repeat(8)}`)).toContain('*');
    expect(() => globOf(`P${'a*'.repeat(9)}`)).toThrow(InvalidCacheKeyError);
  });

  it('matches as the regular expression does', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ':') });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), text, (parts, key) => {
        const expected = new RegExp(`^${parts.join('.*')}$`).test(key);
        expect(matcherOf(parts.join('*'))(key)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });
});
