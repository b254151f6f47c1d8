import fc from 'fast-check';
import { readEntry, writeEntry } from './stored-entry.js';

const anEntry = fc.record({
  expiresAtMs: fc.nat(),
  staleUntilMs: fc.nat(),
  generation: fc.option(fc.string()),
  tags: fc.dictionary(fc.string(), fc.string()),
  text: fc.json(),
});

describe('an entry as it is stored', () => {
  it('is read as it was written', () => {
    fc.assert(fc.property(anEntry, (entry) => expect(readEntry(writeEntry(entry))).toEqual(entry)));
  });

  it.each([
    '',
    '\n',
    'null\n1',
    '{}\n1',
    '[]\n1',
    '[1,2,null]\n1',
    '[1,2,null,{}]',
    '["1",2,null,{}]\n1',
    '[1,null,null,{}]\n1',
    '[1,2,3,{}]\n1',
    '[1,2,null,[]]\n1',
    '[1,2,null,{"a":1}]\n1',
    '[1,2,null,{}\n1',
  ])('%j is none', (text) => {
    expect(readEntry(text)).toBeUndefined();
  });

  it('is read of any text without throwing', () => {
    fc.assert(fc.property(fc.string(), (text) => void readEntry(text)));
  });
});
