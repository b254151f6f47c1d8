import { InvalidRestOptionError } from './errors.js';
import { parseRedisUrl } from './redis-address.js';

it.each(['', 'localhost:6379', 'http://localhost', 'redis:', 'redis://', 'redis://h/x', 'redis://h/1/2'])(
  'refuses %j',
  (url) => {
    expect(() => parseRedisUrl(url)).toThrow(InvalidRestOptionError);
  },
);

it.each([
  'http://user:sekret@h',
  'sekret',
  'redis://:sekret%@h',
  'redis://:sekret@h/x',
  'redis://:sekret@h:x',
  'redis://app:12/sekret@h:6379/0',
  'redis://app:12?sekret@h:6379/0',
  'redis://app:12#sekret@h:6379/0',
])('says what is wrong with %s without the password', (url) => {
  expect(() => parseRedisUrl(url)).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('sekret') }),
  );
  expect(() => parseRedisUrl(url)).toThrow('redisUrl');
});

it('reads everything there is', () => {
  expect(parseRedisUrl('rediss://app:p%40ss%2Fword@redis.example:6380/12')).toEqual({
    host: 'redis.example',
    port: 6380,
    isSecure: true,
    username: 'app',
    password: 'p@ss/word',
    database: 12,
  });
});

it('knows what is not said', () => {
  expect(parseRedisUrl('redis://[::1]')).toEqual({
    host: '::1',
    port: 6379,
    isSecure: false,
    username: undefined,
    password: undefined,
    database: 0,
  });
});
