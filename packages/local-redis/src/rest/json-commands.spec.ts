import fc from 'fast-check';
import { parseCommand, parseCommands } from './json-commands.js';
import { RequestError } from './request-error.js';

const one = (json: string | Buffer) => parseCommand(Buffer.from(json));
const many = (json: string) => parseCommands(Buffer.from(json));

it.each(['{"a":1}', '"GET"', '1', 'null', '["GET"', 'GET key', '\u0000', '[1,]'])('refuses %j', (body) => {
  expect(() => one(body)).toThrow(RequestError);
  expect(() => many(body)).toThrow(RequestError);
});

it.each(['[]', '[1]', '["GET","a"]', '[["GET","a"],"PING"]', '[null]'])(
  'refuses %s as a pipeline',
  (body) => {
    expect(() => many(body)).toThrow(expect.objectContaining({ status: 400 }));
  },
);

it('refuses bytes that are no UTF-8 rather than storing something else', () => {
  const body = Buffer.concat([Buffer.from('["SET","k","'), Buffer.from([0xff]), Buffer.from('"]')]);
  expect(() => one(body)).toThrow('not UTF-8');
});

it.each([
  ['["SET","k",null]', 'null'],
  ['["SET","k",{"a":1}]', 'object'],
  ['["SET","k",["a"]]', 'array'],
])('refuses an argument of %s', (body, kind) => {
  expect(one(body)).toEqual({ error: `ERR unsupported arg type: ${kind}` });
});

it.each(['', '[]'])('says that %j is empty', (body) => {
  expect(one(body)).toEqual({ error: 'ERR empty command' });
});

it('takes strings, numbers and booleans', () => {
  expect(one('["SET","k",1.5,true,1e21,"",-0.5]')).toEqual({
    command: ['SET', 'k', '1.5', 'true', '1e+21', '', '-0.5'],
  });
});

it('gives an error to the command it belongs to', () => {
  expect(many('[["GET","a"],[],["GET",null]]')).toEqual([
    { command: ['GET', 'a'] },
    { error: 'ERR empty command' },
    { error: 'ERR unsupported arg type: null' },
  ]);
});

it('keeps every digit of integers that JSON.parse would round', () => {
  const digits = ['9007199254740993', '-12345678901234567890', '123456789012345678901234567890'];
  const body = `["A \\" 9007199254740993 \\\\", ${digits.join(' , ')}, 0.12345678901234567890, 1]`;
  const expected = ['A " 9007199254740993 \\', ...digits, String(0.12345678901234568), '1'];
  expect(one(body)).toEqual({ command: expected });
  expect(many(`[["PING"],${body}]`)).toEqual([{ command: ['PING'] }, { command: expected }]);
});

it('reads whatever JSON.stringify writes', () => {
  const argument = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
  );
  fc.assert(
    fc.property(fc.array(argument, { minLength: 1 }), (command) => {
      // JSON has no negative zero.
      const sent = command.map((part) => (part === 0 ? '0' : String(part)));
      const read = one(JSON.stringify(command));
      const received = 'command' in read ? read.command.map(numeric) : read;
      expect(received).toEqual(sent.map(numeric));
    }),
  );
});

/** 1e21 and 1000000000000000000000 are one number. */
const numeric = (part: string | Buffer) => (/^-?\d[\d.e+-]*$/.test(String(part)) ? Number(part) : part);
