import { errorOf, repliesJson, replyJson } from './reply-json.js';

const text = (reply: string | Buffer) => replyJson(Buffer.from(reply), 'text');
const base64 = (reply: string | Buffer) => replyJson(Buffer.from(reply), 'base64');
const encoded = (plain: string) => Buffer.from(plain).toString('base64');

it.each([
  ['+OK\r\n', '{"result":"OK"}'],
  ['$-1\r\n', '{"result":null}'],
  ['*-1\r\n', '{"result":null}'],
  ['*0\r\n', '{"result":[]}'],
  ['$0\r\n\r\n', '{"result":""}'],
  [':-7\r\n', '{"result":-7}'],
  ['$4\r\na"\n\\\r\n', '{"result":"a\\"\\n\\\\"}'],
  ['*2\r\n*1\r\n$1\r\na\r\n*2\r\n:1\r\n$-1\r\n', '{"result":[["a"],[1,null]]}'],
  ['-ERR "no"\r\n', '{"error":"ERR \\"no\\""}'],
])('writes %j as %s', (reply, json) => {
  expect(text(reply)).toBe(json);
});

it.each(['9007199254740993', '-9007199254740993', '9223372036854775807'])(
  'keeps the digits of %s',
  (digits) => {
    expect(text(`:${digits}\r\n`)).toBe(`{"result":"${digits}"}`);
    // As any string, or else a client that decodes would take sixteen digits for base64.
    expect(base64(`:${digits}\r\n`)).toBe(`{"result":"${encoded(digits)}"}`);
  },
);

it('writes an integer that JSON can carry as one', () => {
  expect(text(':9007199254740991\r\n')).toBe('{"result":9007199254740991}');
  expect(base64(':9007199254740991\r\n')).toBe('{"result":9007199254740991}');
});

it('writes bytes that are no text as U+FFFD, or whole in base64', () => {
  const reply = Buffer.concat([Buffer.from('$3\r\n'), Buffer.from([0xff, 0x00, 0xfe]), Buffer.from('\r\n')]);
  expect(text(reply)).toBe(JSON.stringify({ result: '\ufffd\u0000\ufffd' }));
  expect(base64(reply)).toBe('{"result":"/wD+"}');
});

it('encodes every string but OK', () => {
  expect(base64('+OK\r\n')).toBe('{"result":"OK"}');
  expect(base64('$2\r\nOK\r\n')).toBe('{"result":"OK"}');
  expect(base64('+PONG\r\n')).toBe(`{"result":"${encoded('PONG')}"}`);
  expect(base64('*2\r\n$1\r\na\r\n*1\r\n+OK\r\n')).toBe(`{"result":["YQ==",["${encoded('OK')}"]]}`);
  expect(base64('-ERR no\r\n')).toBe('{"error":"ERR no"}');
});

it('does not take a text for the OK it encodes', () => {
  expect(text('$4\r\nT0s=\r\n')).toBe('{"result":"T0s="}');
});

it('writes an error inside of an array as its text', () => {
  expect(text('*2\r\n-ERR no\r\n:1\r\n')).toBe('{"result":["ERR no",1]}');
});

it('writes each reply of a transaction by itself', () => {
  const exec = Buffer.from('*4\r\n+OK\r\n-WRONGTYPE no\r\n*1\r\n-ERR in\r\n$1\r\na\r\n');
  expect(repliesJson(exec, 'text')).toBe(
    '[{"result":"OK"},{"error":"WRONGTYPE no"},{"result":["ERR in"]},{"result":"a"}]',
  );
});

it('tells an error from what only looks like one', () => {
  expect(errorOf(Buffer.from('-ERR no\r\n'))).toBe('ERR no');
  expect(errorOf(Buffer.from('+-ERR\r\n'))).toBeUndefined();
});
