/**
 * A text of somebody else's, fit for a row and a screen: composed (NFC), in one line, without control characters, half
 * surrogates (PostgreSQL refuses both) and marks that turn the direction of what follows; at most `maxLength` UTF-16
 * units. What is no string, or empty after that, is undefined.
 */
export function cleanText(value: unknown, maxLength = 500): string | undefined {
  if (typeof value !== 'string') return undefined;
  // Cut first: composing a text of megabytes takes its time. A character that the cut halved goes with the surrogates.
  const text = value
    .slice(0, maxLength * 4)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\p{Cs}\u202a-\u202e\u2066-\u2069\ufeff]/gu, '')
    .normalize('NFC')
    .slice(0, maxLength)
    .replace(/\p{Cs}/gu, '')
    .trim();
  return text === '' ? undefined : text;
}
