import { createHash } from 'node:crypto';

/** Numbers that look random and depend on nothing but the seed and the label. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number, both ends included. */
  between(min: number, max: number): number;
  pick<T>(of: readonly T[]): T;
  /** True in this share of all calls, 0 to 1. */
  chance(share: number): boolean;
}

/** Labels keep streams apart: one more contact changes no event. The generator is Mulberry32. */
export function createRandom(seed: number, label: string): Random {
  let state = createHash('sha256').update(`${seed}\n${label}`).digest().readUInt32LE(0);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    between,
    pick: <T>(of: readonly T[]): T => {
      const picked = of[between(0, of.length - 1)];
      if (picked === undefined) throw new RangeError(`${label}: nothing to pick from`);
      return picked;
    },
    chance: (share) => next() < share,
  };
}

/** A text that nobody guesses by accident and that is the same for the same seed and label. */
export function deriveText(seed: number, label: string, length: number): string {
  let text = '';
  for (let block = 0; text.length < length; block += 1)
    text += createHash('sha256').update(`${seed}\n${label}\n${block}`).digest('base64url');
  return text.slice(0, length);
}

/** As {@link deriveText}, in the characters that Calendar allows in ids: 0 to 9 and a to v. */
export function deriveId(seed: number, label: string, length: number): string {
  let text = '';
  for (let block = 0; text.length < length; block += 1)
    for (const byte of createHash('sha256').update(`${seed}\n${label}\n${block}`).digest())
      text += (byte % 32).toString(32);
  return text.slice(0, length);
}

/** Decimal digits, the first one not zero. */
export function deriveDigits(seed: number, label: string, length: number): string {
  const random = createRandom(seed, label);
  return Array.from({ length }, (_, at) => random.between(at === 0 ? 1 : 0, 9)).join('');
}
