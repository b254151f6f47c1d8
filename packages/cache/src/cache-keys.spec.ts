import { createCacheKeys } from './cache-keys.js';
import { InvalidCacheKeyError } from './errors.js';

const keys = createCacheKeys('cache');

describe('keys', () => {
  it('are cache:<user>:<entry>:<part>', () => {
    expect(keys.entry(keys.userNamespace('ada'), 'PROFILE')).toBe('cache:ada:PROFILE');
    expect(keys.entry(keys.userNamespace('ada'), ['PAGE', 'x', 2])).toBe('cache:ada:PAGE:x:2');
    expect(keys.entry(keys.sharedNamespace, 'PROFILE')).toBe('cache::PROFILE');
  });

  it.each([
    ['a:b', 'a%3Ab'],
    ['*', '%2A'],
    ['a b', 'a%20b'],
    ['é', '%C3%A9'],
    ['~user', '%7Euser'],
    ["!'()", '%21%27%28%29'],
    ['%3A', '%253A'],
    ['[x]?\\^', '%5Bx%5D%3F%5C%5E'],
  ])('write %s as %s', (id, encoded) => {
    expect(keys.userNamespace(id)).toBe(`cache:${encoded}:`);
    expect(keys.entry(keys.userNamespace('ada'), ['PAGE', id])).toBe(`cache:ada:PAGE:${encoded}`);
    expect(keys.tagScope(id)).toBe(`cache~tag:${encoded}`);
  });

  it('tell of themselves what vouches for them, and their entry', () => {
    const ofAda = keys.entry(keys.userNamespace('ada:'), ['PAGE', ':']);
    expect(keys.userScopeOf(ofAda)).toBe('cache~user:ada%3A');
    expect(keys.userScopeOf(ofAda)).toBe(keys.userScope('ada:'));
    expect(keys.nameOf(ofAda)).toBe('PAGE');
    const ofNobody = keys.entry(keys.sharedNamespace, 'PROFILE');
    expect(keys.userScopeOf(ofNobody)).toBeUndefined();
    expect(keys.nameOf(ofNobody)).toBe('PROFILE');
  });

  it.each([
    ['an empty user id', () => keys.userNamespace('')],
    ['a user id that is no text', () => keys.userNamespace(7 as unknown as string)],
    ['a missing user id', () => keys.userNamespace(undefined as unknown as string)],
    ['a missing part', () => keys.entry('cache::', ['PAGE', undefined as unknown as string])],
    ['a part that is no number', () => keys.entry('cache::', ['PAGE', Number.NaN])],
    ['half a surrogate pair', () => keys.userNamespace('\ud800')],
    ['a user id that is too long', () => keys.userNamespace('x'.repeat(513))],
    ['an empty tag', () => keys.tagScope('')],
    ['a key that is too long', () => keys.entry('cache::', ['PAGE', ':'.repeat(400)])],
  ])('refuse %s, and do not show it', (_what, make) => {
    expect(make).toThrow(InvalidCacheKeyError);
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_CACHE_KEY' }));
    expect(make).not.toThrow(/xxx|\ud800/);
  });
});
