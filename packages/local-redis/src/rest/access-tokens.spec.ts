import { createAccessCheck } from './access-tokens.js';
import { InvalidRestOptionError } from './errors.js';

const accessOf = createAccessCheck({ token: 'full', readOnlyToken: 'reader' });

it.each(['', 'ful', 'full ', 'full\n', 'FULL', 'fullx', 'undefined', 'reade'])(
  '%j opens nothing',
  (presented) => {
    expect(accessOf(presented)).toBeUndefined();
  },
);

it('each token opens what it is for', () => {
  expect(accessOf('full')).toBe('full');
  expect(accessOf('reader')).toBe('read-only');
});

it.each(['', ' ', 'a b', 'a\n', 'é', 'a\u007f'])('%j cannot be a token', (token) => {
  expect(() => createAccessCheck({ token })).toThrow(InvalidRestOptionError);
  expect(() => createAccessCheck({ token: 'full', readOnlyToken: token })).toThrow('readOnlyToken');
});

it('refuses one token for both', () => {
  expect(() => createAccessCheck({ token: 'sekret', readOnlyToken: 'sekret' })).toThrow(
    'readOnlyToken: is the same as token',
  );
});

it('never shows a token', () => {
  expect(() => createAccessCheck({ token: 'sek ret' })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('sek') }),
  );
});
