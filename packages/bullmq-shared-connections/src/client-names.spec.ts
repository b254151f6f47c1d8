import fc from 'fast-check';
import { expandClientList, sharedClientName } from './client-names.js';

const LINE = (name: string) =>
  `id=3 addr=127.0.0.1:50000 laddr=127.0.0.1:6379 fd=8 name=${name} age=1 flags=b cmd=bzpopmin`;

describe('client names', () => {
  it('give one line for each worker of a shared connection and leave all others as they are', () => {
    const shared = sharedClientName('shared', ['bull:YQ==', 'bull:YQ==:w:a name; with $& signs']);
    expect(shared).toMatch(/^[!-~]+$/);
    const list = [LINE(''), LINE(shared), LINE('other;thing'), LINE('shared'), ''].join('\n');
    const lines = expandClientList(list, ['shared']).split('\n');
    expect(lines).toEqual([
      LINE(''),
      LINE('bull:YQ=='),
      LINE('bull:YQ==:w:a_name;_with_$&_signs'),
      LINE('other;thing'),
      LINE('shared'),
      '',
    ]);
  });

  it('come back as they were', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1, maxLength: 5 }),
        (names) => {
          const clean = names.filter((name) => !/\s/.test(name));
          fc.pre(clean.length > 0);
          const expanded = expandClientList(LINE(sharedClientName('shared', clean)), ['shared']);
          expect(expanded).toBe(clean.map((name) => LINE(name)).join('\n'));
        },
      ),
    );
  });
});
