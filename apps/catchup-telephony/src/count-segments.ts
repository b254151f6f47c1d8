/** The basic set of GSM 03.38, and what takes two units: https://en.wikipedia.org/wiki/GSM_03.38. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const EXTENDED = new Set('^{}\\[~]|€\f');

export interface Segments {
  readonly encoding: 'GSM-7' | 'UCS-2';
  readonly segments: number;
}

/**
 * How many segments a text takes: 160 units of GSM-7 or 70 of UCS-2 in one, 153 or 67 in each of several. A character of
 * two units is not split, so that a segment may end one short.
 */
export function countSegments(body: string): Segments {
  const characters = [...body];
  const isGsm = characters.every((one) => BASIC.has(one) || EXTENDED.has(one));
  const sizes = characters.map((one) => (isGsm ? (EXTENDED.has(one) ? 2 : 1) : one.length));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const [single, each] = isGsm ? [160, 153] : [70, 67];
  const encoding = isGsm ? 'GSM-7' : 'UCS-2';
  if (total <= single) return { encoding, segments: 1 };
  let segments = 1;
  let filled = 0;
  for (const size of sizes) {
    if (filled + size > each) {
      segments++;
      filled = 0;
    }
    filled += size;
  }
  return { encoding, segments };
}
