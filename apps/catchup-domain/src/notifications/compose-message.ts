/** No message takes more characters. About three segments of GSM-7, or seven where a name needs UCS-2. */
export const MAX_MESSAGE_CHARACTERS = 450;

/**
 * One text for all that a user is to be told. Lines that say the same are said once; what does not fit is counted.
 *
 * @param lines at least one, each shorter than the message may be
 */
export function composeMessage(lines: readonly string[]): string {
  const all = [...new Set(lines)];
  if (all.length === 0) throw new RangeError('a message needs at least one line');
  if (all.length === 1) return `CatchUp: ${all[0]}.`;
  const heading = `CatchUp: ${all.length} reminders`;
  for (let shown = all.length; shown > 0; shown--) {
    const left = all.length - shown;
    const rest = left > 0 ? [`and ${left} more in the app`] : [];
    const text = [heading, ...all.slice(0, shown).map((line) => `- ${line}`), ...rest].join('\n');
    if (text.length <= MAX_MESSAGE_CHARACTERS) return text;
  }
  return heading;
}
