/**
 * Puts quotes around the integers of a JSON text that may be beyond 2^53, so that JSON.parse keeps every digit. The text
 * has to be JSON.
 */
export function quoteLongIntegers(json: string): string {
  let quoted = '';
  for (let at = 0; at < json.length;) {
    const opening = json.indexOf('"', at);
    const outside = json.slice(at, opening < 0 ? undefined : opening);
    quoted += outside.replace(/(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g, '"$&"');
    if (opening < 0) break;
    at = stringEnd(json, opening);
    quoted += json.slice(opening, at);
  }
  return quoted;
}

/** Behind the closing quote. */
function stringEnd(json: string, opening: number): number {
  let at = opening + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}
