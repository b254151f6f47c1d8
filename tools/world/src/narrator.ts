/** Tells what happens, in lines for a terminal of 100 columns. */
export interface Narrator {
  title(text: string): void;
  /** The head of a section, with its number. */
  section(text: string): void;
  /** A line; what is too long goes on below, under its own beginning. */
  line(text?: string): void;
  /** A name and what there is to say of it. */
  fact(name: string, text: string): void;
  /** Columns as wide as their widest cell; numbers to the right. The last one is broken where it is too wide. */
  table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void;
  verdict(ok: boolean, text: string): void;
}

export const COLUMNS = 100;
const INDENT = '     ';
const NAME_WIDTH = 23;
const MIN_WIDTH = 10;

const paint = (start: number, end: number) => (text: string) => `\u001b[${start}m${text}\u001b[${end}m`;
const same = (text: string) => text;

export function createNarrator(write: (text: string) => void, withColours: boolean): Narrator {
  const [bold, dim, red, green] = withColours
    ? [paint(1, 22), paint(2, 22), paint(31, 39), paint(32, 39)]
    : [same, same, same, same];
  let sections = 0;
  const put = (line: string) => write(`${line.trimEnd()}\n`);
  const line = (text = '') => {
    for (const part of wrap(text, COLUMNS - INDENT.length)) put(INDENT + part);
  };

  return {
    title: (text) => put(`\n  ${bold(text)}`),
    section(text) {
      sections += 1;
      put(`\n  ${bold(`${String(sections).padEnd(2)} ${text}`)}`);
    },
    line,
    fact(name, text) {
      const [first = '', ...rest] = wrap(printable(text), COLUMNS - INDENT.length - NAME_WIDTH);
      put(`${INDENT}${dim(clip(printable(name), NAME_WIDTH - 1).padEnd(NAME_WIDTH))}${first}`);
      for (const part of rest) put(INDENT + ' '.repeat(NAME_WIDTH) + part);
    },
    table(head, rows) {
      const texts = rows.map((row) => row.map((cell) => printable(String(cell))));
      const widths = head.map((name, at) =>
        Math.max(...[name, ...texts.map((row) => row[at] ?? '')].map(widthOf)),
      );
      const isNumber = (at: number) => rows.length > 0 && rows.every((row) => typeof row[at] === 'number');
      const draw = (cells: readonly string[]) =>
        cells
          .map((cell, at) => {
            const room = ' '.repeat(Math.max(0, (widths[at] ?? 0) - widthOf(cell)));
            return isNumber(at) ? room + cell : cell + room;
          })
          .join('  ');
      // The last column has the room that the others leave.
      const left = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, INDENT.length);
      put(INDENT + dim(draw(head).trimEnd()));
      for (const row of texts) {
        const [first = '', ...rest] = wrap(row.at(-1) ?? '', Math.max(MIN_WIDTH, COLUMNS - left));
        put(INDENT + draw([...row.slice(0, -1), first]));
        for (const part of rest) put(' '.repeat(left) + part);
      }
    },
    verdict(ok, text) {
      const [first = '', ...rest] = wrap(text, COLUMNS - INDENT.length - 2);
      put(`${INDENT}${ok ? green('✓') : red('✗')} ${first}`);
      for (const part of rest) put(`${INDENT}  ${part}`);
    },
  };
}

/** Names may hold what moves a cursor or turns the direction of a line. */
const printable = (text: string) => text.replace(/\p{C}/gu, '');

const widthOf = (text: string) => [...text].length;

export const clip = (text: string, width: number): string =>
  widthOf(text) <= width ? text : `${[...text].slice(0, width - 1).join('')}…`;

/** What is no line of its own is broken at spaces; a word that is too long is cut. Pure. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let current = '';
    for (const word of paragraph.split(' ')) {
      const longer = current === '' ? word : `${current} ${word}`;
      if (current !== '' && widthOf(longer) > width) {
        lines.push(current);
        current = `  ${word}`;
      } else current = longer;
    }
    return [...lines, current].map((each) => clip(each, width));
  });
}
