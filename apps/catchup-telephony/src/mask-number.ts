/** A number as it may be shown: `+49…78`. Nothing of what is no number. */
export function maskNumber(number: string): string {
  return /^\+\d{5,15}$/.test(number) ? `${number.slice(0, 3)}…${number.slice(-2)}` : 'what was given';
}
