/** How strings are written: as text, where bytes that are not UTF-8 become U+FFFD, or as base64 of their bytes. */
export type StringEncoding = 'text' | 'base64';

const MINUS = 0x2d;
const CR = 0x0d;

/** The text of an error reply, without the leading `-`; nothing when it is another reply. */
export function errorOf(reply: Buffer): string | undefined {
  return reply[0] === MINUS ? reply.toString('utf8', 1, reply.length - 2) : undefined;
}

/** `{"result":…}` or `{"error":…}` for a whole reply of Redis (RESP2). */
export function replyJson(reply: Buffer, strings: StringEncoding): string {
  return itemJson({ bytes: reply, at: 0 }, strings);
}

/** One `{"result":…}` or `{"error":…}` for each item of an array reply, as EXEC gives it. */
export function repliesJson(arrayReply: Buffer, strings: StringEncoding): string {
  const cursor = { bytes: arrayReply, at: 0 };
  const items = Array.from({ length: Number(line(cursor)) }, () => itemJson(cursor, strings));
  return `[${items.join(',')}]`;
}

export function errorJson(message: string): string {
  return `{"error":${JSON.stringify(message)}}`;
}

interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

function itemJson(cursor: Cursor, strings: StringEncoding): string {
  const { bytes, at } = cursor;
  if (bytes[at] === MINUS) return errorJson(line(cursor));
  const json = nextJson(cursor, strings);
  // Only here: clients decode a string inside of an array whatever it says.
  return strings === 'base64' && json === OK_IN_BASE64 ? '{"result":"OK"}' : `{"result":${json}}`;
}

const OK_IN_BASE64 = `"${Buffer.from('OK').toString('base64')}"`;

function nextJson(cursor: Cursor, strings: StringEncoding): string {
  const type = String.fromCharCode(cursor.bytes[cursor.at] as number);
  const text = line(cursor);
  if (type === '$') return text === '-1' ? 'null' : bulkJson(cursor, Number(text), strings);
  if (type === '*') return text === '-1' ? 'null' : arrayJson(cursor, Number(text), strings);
  if (type === ':' && Number.isSafeInteger(Number(text))) return text;
  // What JSON's readers would round, a status, or an error inside of an array.
  return stringJson(Buffer.from(text), 0, undefined, strings);
}

/** From behind the type to the end of the line; the cursor goes to the next one. */
function line(cursor: Cursor): string {
  const start = cursor.at + 1;
  const end = cursor.bytes.indexOf(CR, start);
  cursor.at = end + 2;
  return cursor.bytes.toString('utf8', start, end);
}

function bulkJson(cursor: Cursor, length: number, strings: StringEncoding): string {
  const start = cursor.at;
  cursor.at = start + length + 2;
  return stringJson(cursor.bytes, start, start + length, strings);
}

function arrayJson(cursor: Cursor, length: number, strings: StringEncoding): string {
  let json = '[';
  for (let index = 0; index < length; index += 1) {
    if (index > 0) json += ',';
    json += nextJson(cursor, strings);
  }
  return `${json}]`;
}

function stringJson(bytes: Buffer, start: number, end: number | undefined, strings: StringEncoding): string {
  return strings === 'base64'
    ? `"${bytes.toString('base64', start, end)}"`
    : JSON.stringify(bytes.toString('utf8', start, end));
}
