import { refusal } from './refused-commands.js';

it.each(['BLPOP', 'blpop', 'SeLeCt', 'auth', 'WATCH', 'multi', 'Exec', 'subscribe', 'MONITOR', 'CONFIG'])(
  'refuses %s',
  (name) => {
    expect(refusal(name, [])).toMatch(`ERR Command is not available: '${name.toUpperCase()}'. `);
  },
);

it.each([
  ['XREAD', 'BLOCK 0 STREAMS s $'],
  ['xread', 'count 1 bLoCk 0 streams s $'],
  ['XREADGROUP', 'GROUP g c BLOCK 0 STREAMS s >'],
  ['XREADGROUP', 'GROUP g c COUNT 1 NOACK BLOCK 0 STREAMS s >'],
  ['XREADGROUP', 'GROUP streams streams BLOCK 0 STREAMS s >'],
  ['XREADGROUP', 'GROUP g c CLAIM 100 BLOCK 0 STREAMS s >'],
])('refuses %s %s', (name, args) => {
  expect(refusal(name, args.split(' '))).toMatch('It blocks');
});

it.each([
  ['XREAD', 'COUNT 1 STREAMS block 0'],
  ['XREAD', 'STREAMS s block 0 0'],
  ['XREADGROUP', 'GROUP block block STREAMS s >'],
  ['XREADGROUP', 'GROUP g block COUNT 1 STREAMS s >'],
  ['SET', 'BLOCK 1'],
])('lets %s %s through: a name is no option', (name, args) => {
  expect(refusal(name, args.split(' '))).toBeUndefined();
});

it('sees an option in bytes', () => {
  expect(refusal('XREAD', ['BLOCK', '0'].map(Buffer.from))).toMatch('It blocks');
});

it.each([
  'EVAL',
  'EVALSHA',
  'SCRIPT',
  'FUNCTION',
  'FCALL',
  'PUBLISH',
  'PUBSUB',
  'FLUSHALL',
  'JSON.SET',
  'ft._list',
])('lets %s through', (name) => {
  expect(refusal(name, ['LOAD'])).toBeUndefined();
});

it('refuses the one subcommand that would take the connection', () => {
  expect(refusal('script', ['debug', 'yes'])).toBeDefined();
  expect(refusal('CLIENT', ['REPLY', 'OFF'])).toBeDefined();
  expect(refusal('client', ['setinfo', 'LIB-NAME', 'sdk'])).toBeUndefined();
});

it.each(['SELECT\0', 'SELECT\0x', ' select', 'select\r\n', 'ſelect', ''])(
  'takes %j for no command',
  (name) => {
    expect(refusal(name, [])).toMatch(/^ERR unknown command '[ -~]*'$/);
  },
);
