import { stripVTControlCharacters } from 'node:util';
import { clip, COLUMNS, createNarrator, wrap } from './narrator.js';

const told = (tell: (narrator: ReturnType<typeof createNarrator>) => void, withColours = false): string[] => {
  let text = '';
  tell(createNarrator((more) => void (text += more), withColours));
  return text.split('\n').slice(0, -1);
};
const LONG = 'words that go on '.repeat(20);

test('no line is wider than the terminal, whatever it holds', () => {
  for (const withColours of [false, true]) {
    const lines = told((narrator) => {
      narrator.line(LONG);
      narrator.fact('x'.repeat(200), LONG);
      narrator.table(['a', 'b'], [['one', LONG]]);
      narrator.line('x'.repeat(300));
    }, withColours).map((line) => stripVTControlCharacters(line));
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(COLUMNS);
    expect(lines.join(' ').match(/words/g)).toHaveLength(60);
  }
});

test('a table has numbers to the right, and its last column goes on below', () => {
  expect(
    told((narrator) =>
      narrator.table(
        ['who', 'n', 'why'],
        [
          ['Ann', 5, 'a'],
          ['Bo', 10, 'b'],
        ],
      ),
    ),
  ).toEqual(['     who   n  why', '     Ann   5  a', '     Bo   10  b']);
});

test('names cannot move the cursor or turn a line around', () => {
  expect(told((narrator) => narrator.fact('a\u001b[2Jb', '\u202eevil\u0007'))[0]).toMatch(
    /^ {5}a\[2Jb +evil$/,
  );
});

test('sections are counted', () => {
  const lines = told((narrator) => {
    narrator.section('One');
    narrator.section('Two');
  });
  expect(lines).toEqual(['', '  1  One', '', '  2  Two']);
});

test('breaks at spaces and cuts what has none', () => {
  expect(wrap('aa bb cc', 6)).toEqual(['aa bb', '  cc']);
  expect(clip('abcdef', 4)).toBe('abc…');
  expect(clip('abcd', 4)).toBe('abcd');
});
