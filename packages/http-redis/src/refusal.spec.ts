import { describeRefusal } from './refusal.js';

test.each([
  'WRONGTYPE Operation against a key holding the wrong kind of value',
  'ERR value is not an integer or out of range',
  "ERR wrong number of arguments for 'set' command",
  "NOPERM this user has no permissions to run the 'set' command",
  'ERR max requests limit exceeded. Limit: 500000, Usage: 500001',
  'NOSCRIPT No matching script. Please use EVAL.',
  "ERR Command is not available: 'BLPOP'",
])('%s is told', (error) => {
  expect(describeRefusal(error, [['SET', 'k', 'ERR']])).toEqual({
    redisCode: error.split(' ')[0],
    text: error,
  });
});

test.each([
  ["ERR unknown command 'X', with args beginning with: 'v' ", 'ERR'],
  ["NOGROUP No such key 'v' or consumer group 'w'", 'NOGROUP'],
  ['LIMITED v', 'LIMITED'],
  ['v', 'ERR'],
  ['', 'ERR'],
  ['ERR syntax error\nv', 'ERR'],
])('of %j no more than the code is told', (error, redisCode) => {
  const text = `${redisCode} (the text is withheld, it may repeat an argument)`;
  expect(describeRefusal(error, [['SET', 'k', 'v']])).toEqual({ redisCode, text });
});

test('of a known text what follows is cut', () => {
  const error = 'ERR max request size exceeded. Limit: 10485760 bytes, Actual: 11000000 bytes. See v';
  expect(describeRefusal(error, []).text).toBe(error.slice(0, error.indexOf('. See')));
});

test('a first word that is an argument is none, unless it is one of Redis', () => {
  expect(describeRefusal('SECRET', [['EVAL', 'x', 0, 'MY-SECRET']]).redisCode).toBe('ERR');
  expect(describeRefusal('OOM no', [['SET', 'OOM', 1]]).redisCode).toBe('OOM');
});

test('of a script that fails the line is told', () => {
  const error =
    "ERR user_script:12: attempt to index a nil value (local 'v') script: ab, on @user_script:12.";
  expect(describeRefusal(error, [['EVALSHA', 'ab', 0]]).text).toMatch(/^ERR in line 12 of the script \(/);
});
