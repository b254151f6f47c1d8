/** What a request asks for: the path and the query, apart. */
export interface RequestTarget {
  /** Between the slashes, percent-decoded to bytes. */
  readonly segments: readonly Buffer[];
  /** Names and values of the query in their order, without `_token`; a name without a value stands alone. */
  readonly parameters: readonly Buffer[];
  /** `_token` of the query. */
  readonly token?: string;
}

/** Reads the target of an HTTP request. Any byte can be written with `%`; a `%` that begins none is a `%`. */
export function parseTarget(target: string): RequestTarget {
  // A proxy may be sent the whole URL.
  if (/^https?:/i.test(target)) return parseTarget(target.replace(/^https?:\/\/[^/?]*\/?/i, '/'));
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const segments = path === '/' ? [] : path.slice(1).split('/').map(percentDecoded);
  if (mark < 0) return { segments, parameters: [] };
  const parameters: Buffer[] = [];
  let token: string | undefined;
  for (const pair of target.slice(mark + 1).split('&')) {
    if (!pair) continue;
    const [name, ...rest] = pair.replaceAll('+', ' ').split('=') as [string, ...string[]];
    if (name === '_token') token = percentDecoded(rest.join('=')).toString();
    else parameters.push(percentDecoded(name), ...(rest.length > 0 ? [percentDecoded(rest.join('='))] : []));
  }
  return { segments, parameters, token };
}

function percentDecoded(text: string): Buffer {
  if (!text.includes('%')) return Buffer.from(text);
  const bytes = Buffer.from(text);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const hex = bytes[at] === PERCENT ? bytes.toString('latin1', at + 1, at + 3) : '';
    const isByte = /^[0-9a-f]{2}$/i.test(hex);
    bytes[length] = isByte ? Number.parseInt(hex, 16) : (bytes[at] as number);
    length += 1;
    if (isByte) at += 2;
  }
  return bytes.subarray(0, length);
}

const PERCENT = 0x25;
