import fc from 'fast-check';
import { hostileText } from '../spec-support/people.js';
import { emailKey, isRoleAddress } from './email-key.js';

describe('the key of an email address', () => {
  it.each([
    [
      '',
      '@',
      'ann',
      'ann@',
      '@x.org',
      'a@b@x.org',
      'a b@x.org',
      'ann@localhost',
      'a\0b@x.org',
      '<ann@x.org>',
    ],
    [`${'a'.repeat(250)}@x.org`, '+all@gmail.com', '...@gmail.com', 'ann@-.', 'ann@x y.org', 'ann@x.org/y'],
  ])('is none for what is no address', (...texts) => {
    for (const text of texts) expect([text, emailKey(text)]).toEqual([text, undefined]);
  });

  it.each([
    ['another mailbox', 'ann@x.org', 'anne@x.org'],
    ['a dot, outside of Gmail', 'a.nn@x.org', 'ann@x.org'],
    ['a plus, outside of Gmail', 'ann+1@x.org', 'ann@x.org'],
    ['another domain', 'ann@gmail.com', 'ann@gmail.co'],
    ['a domain below Gmail', 'a.nn@mail.gmail.com', 'ann@mail.gmail.com'],
  ])('tells %s apart', (_, one, other) => {
    expect(emailKey(one)).toBeDefined();
    expect(emailKey(one)).not.toBe(emailKey(other));
  });

  it.each([
    ['case', 'Ann@X.Org', 'ann@x.org'],
    ['space around it', ' ann@x.org\n', 'ann@x.org'],
    ['dots at Gmail', 'a.n.n@gmail.com', 'ann@gmail.com'],
    ['what follows a plus at Gmail', 'ann+news+x@gmail.com', 'ann@gmail.com'],
    ['which of its two names Gmail has', 'ann@googlemail.com', 'ann@gmail.com'],
    ['the script of a domain', 'ann@BÜCHER.example', 'ann@xn--bcher-kva.example'],
    ['the dot of the root', 'ann@x.org.', 'ann@x.org'],
    ['width', 'ａｎｎ@x.org', 'ann@x.org'],
  ])('does not heed %s', (_, one, other) => {
    expect(emailKey(one)).toBe(emailKey(other));
    expect(emailKey(other)).toBeDefined();
  });

  it('is an address with the same key, whatever it was made from', () => {
    const address = fc
      .tuple(hostileText, fc.constantFrom('gmail.com', 'x.org', 'ÄÖ.example'))
      .map(([local, domain]) => `${local}@${domain}`);
    fc.assert(
      fc.property(fc.oneof(hostileText, address), (text) => {
        const key = emailKey(text);
        if (key !== undefined) expect(emailKey(key)).toBe(key);
      }),
      { numRuns: 500 },
    );
  });
});

it('knows the mailbox of an office from that of a person', () => {
  expect(['info@x.org', 'no-reply@x.org', 'postmaster@x.org'].map(isRoleAddress)).toEqual([true, true, true]);
  expect(['informer@x.org', 'ann@info.org', 'infoann@x.org'].map(isRoleAddress)).toEqual([
    false,
    false,
    false,
  ]);
});
