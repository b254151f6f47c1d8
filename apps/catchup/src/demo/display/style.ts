/** Colours of a terminal, or none of them. */
export type Style = Readonly<
  Record<'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', (text: string) => string>
>;

const paint = (code: number, end: number) => (text: string) => `\u001b[${code}m${text}\u001b[${end}m`;

export const colours: Style = {
  bold: paint(1, 22),
  dim: paint(2, 22),
  red: paint(31, 39),
  green: paint(32, 39),
  yellow: paint(33, 39),
  cyan: paint(36, 39),
};

const same = (text: string) => text;

export const plain: Style = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same };
