/** Cuts what a Redis connection sends into replies. */
export interface ReplyFrames {
  /**
   * Takes what arrived and gives every reply that is whole now.
   *
   * @throws {TypeError} when it is not RESP2; nothing that follows can be understood then
   */
  push(chunk: Buffer): void;
}

const CR = 0x0d;
const TYPES = { status: 0x2b, error: 0x2d, integer: 0x3a, bulk: 0x24, array: 0x2a };
const MINUS = 0x2d;
const ZERO = 0x30;

/**
 * Replies are given as the bytes they came in (RESP2, nested arrays included), so that reading one costs no tree of
 * objects. The bytes are lent: they are good until `onReply` returns.
 *
 * https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
export function createReplyFrames(onReply: (reply: Buffer) => void): ReplyFrames {
  /** What is not given yet; copied from the chunks only when a reply spans several. */
  let held = Buffer.alloc(0);
  let heldBytes = 0;
  /** Where the next element begins, and how many elements the reply still lacks. */
  let at = 0;
  let lacking = 1;

  return {
    push(chunk) {
      let bytes = chunk;
      let end = chunk.length;
      const isHeld = heldBytes > 0;
      if (isHeld) {
        hold(chunk);
        bytes = held;
        end = heldBytes;
      }
      let start = 0;
      for (;;) {
        const next = elementEnd(bytes, at, end);
        if (next === undefined || next > end) break;
        lacking += bytes[at] === TYPES.array ? Math.max(readLength(bytes, at + 1), 0) - 1 : -1;
        at = next;
        if (lacking > 0) continue;
        onReply(bytes.subarray(start, at));
        start = at;
        lacking = 1;
      }
      at -= start;
      if (isHeld) {
        held.copyWithin(0, start, end);
        heldBytes = end - start;
        if (heldBytes === 0) held = Buffer.alloc(0);
      } else if (start < end) {
        hold(chunk.subarray(start));
      }
    },
  };

  function hold(chunk: Buffer): void {
    const needed = heldBytes + chunk.length;
    if (needed > held.length) {
      const roomier = Buffer.allocUnsafe(Math.max(needed, 2 * held.length, bulkEnd()));
      held.copy(roomier, 0, 0, heldBytes);
      held = roomier;
    }
    chunk.copy(held, heldBytes);
    heldBytes = needed;
  }

  /** A large string says how long it will be: room for all of it is made at once. */
  function bulkEnd(): number {
    return heldBytes > 0 ? (elementEnd(held, at, heldBytes) ?? 0) : 0;
  }
}

/** Where the element that begins at `at` ends, perhaps beyond `end`; an array ends before its first item. */
function elementEnd(bytes: Buffer, at: number, end: number): number | undefined {
  let lineEnd = at;
  while (lineEnd < end && bytes[lineEnd] !== CR) lineEnd += 1;
  if (lineEnd + 1 >= end) return undefined;
  const type = bytes[at];
  if (type === TYPES.bulk) {
    const length = readLength(bytes, at + 1);
    return length < 0 ? lineEnd + 2 : lineEnd + 2 + length + 2;
  }
  if (type === TYPES.status || type === TYPES.error || type === TYPES.integer || type === TYPES.array) {
    return lineEnd + 2;
  }
  throw new TypeError(`a reply of Redis begins with byte ${type}, which is not RESP2`);
}

function readLength(bytes: Buffer, at: number): number {
  if (bytes[at] === MINUS) return -1;
  let length = 0;
  for (let index = at; bytes[index] !== CR; index += 1)
    length = length * 10 + (bytes[index] as number) - ZERO;
  return length;
}
