import { encodeCommand } from './resp-command.js';

it('counts bytes, not characters', () => {
  expect(encodeCommand(['SET', 'ключ', '🙂'])).toBe('*3\r\n$3\r\nSET\r\n$8\r\nключ\r\n$4\r\n🙂\r\n');
});

it('counts by the encoding it is sent in', () => {
  expect(encodeCommand(['é'], 'latin1')).toBe('*1\r\n$1\r\né\r\n');
});

it('leaves bytes as they are', () => {
  const bytes = Buffer.from([0xff, 0x00, 0x0d, 0x0a]);
  const expected = ['*4\r\n$3\r\nSET\r\n$4\r\n', bytes, '\r\n$2\r\né\r\n$4\r\n', bytes, '\r\n'];
  const encoded = encodeCommand(['SET', bytes, 'é', bytes]);
  expect(encoded).toEqual(Buffer.concat(expected.map((part) => Buffer.from(part))));
});
