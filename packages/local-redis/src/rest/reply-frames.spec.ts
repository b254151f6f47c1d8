import fc from 'fast-check';
import { createReplyFrames } from './reply-frames.js';

const text = fc.string().map((line) => line.replace(/[\r\n]/g, ' '));
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));

/** Replies of every kind, as Redis writes them. */
const { reply } = fc.letrec<{ reply: Buffer }>((tie) => ({
  reply: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text.map((line) => Buffer.from(`+${line}\r\n`)),
    text.map((line) => Buffer.from(`-ERR ${line}\r\n`)),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((integer) => Buffer.from(`:${integer}\r\n`)),
    bytes.map((bulk) => Buffer.concat([Buffer.from(`$${bulk.length}\r\n`), bulk, Buffer.from('\r\n')])),
    fc.constantFrom('$-1\r\n', '*-1\r\n', '*0\r\n').map((nil) => Buffer.from(nil)),
    fc
      .array(tie('reply'), { maxLength: 5 })
      .map((items) => Buffer.concat([Buffer.from(`*${items.length}\r\n`), ...items])),
  ),
}));

function framesOf(chunks: readonly Buffer[]): Buffer[] {
  const got: Buffer[] = [];
  const frames = createReplyFrames((frame) => got.push(Buffer.from(frame)));
  for (const chunk of chunks) frames.push(chunk);
  return got;
}

it('gives each reply once it is whole, wherever the network cuts', () => {
  fc.assert(
    fc.property(fc.array(reply, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 8 }), (replies, cuts) => {
      const sent = Buffer.concat(replies);
      const places = [0, ...cuts.map((cut) => cut % (sent.length + 1)).sort((a, b) => a - b), sent.length];
      const chunks = places.slice(1).map((place, index) => sent.subarray(places[index], place));
      expect(framesOf(chunks)).toEqual(replies);
    }),
  );
});

it('gives replies that come byte by byte', () => {
  const replies = ['*3\r\n:1\r\n*2\r\n$2\r\n\r\n\r\n$-1\r\n+OK\r\n', '-ERR no\r\n', '$0\r\n\r\n'];
  const bytewise = [...Buffer.from(replies.join(''))].map((byte) => Buffer.from([byte]));
  expect(framesOf(bytewise).map(String)).toEqual(replies);
});

it('gives nothing before the last byte', () => {
  expect(framesOf([Buffer.from('*1\r\n$3\r\nabc\r')])).toEqual([]);
});

it('copies a large string once, not with each chunk', () => {
  const size = 16 * 1024 * 1024;
  const buffers = new Set<ArrayBufferLike>();
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const original = chunk.copy.bind(chunk);
  chunk.copy = (target, ...rest) => {
    buffers.add(target.buffer);
    return original(target, ...rest);
  };
  const got: number[] = [];
  const frames = createReplyFrames((frame) => got.push(frame.length));
  frames.push(Buffer.from(`$${size}\r\n`));
  for (let sent = 0; sent < size; sent += chunk.length) frames.push(chunk);
  frames.push(Buffer.from('\r\n'));
  expect(got).toEqual([`$${size}\r\n\r\n`.length + size]);
  expect(buffers.size).toBe(1);
});

it.each(['%1\r\n', '_\r\n', 'HTTP/1.1 400 Bad Request\r\n'])('refuses what is not RESP2: %j', (sent) => {
  expect(() => framesOf([Buffer.from(sent)])).toThrow(TypeError);
});
