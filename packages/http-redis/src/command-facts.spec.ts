import { billedFor, commandName, isRead, keyPrefixOf, prefixOfKey } from './command-facts.js';
import type { RedisCommand } from './http-redis.js';

const prefixOf = (...command: RedisCommand) => keyPrefixOf(commandName(command), command);

test('the prefix of a key ends before its second colon, and is cut', () => {
  expect(prefixOfKey('cache:7:profile:x')).toBe('cache:7');
  expect(prefixOfKey('cache:7')).toBe('cache:7');
  expect(prefixOfKey('plain')).toBe('plain');
  expect(prefixOfKey('::')).toBe(':');
  expect(prefixOfKey('')).toBe('');
  expect(prefixOfKey('x'.repeat(100))).toHaveLength(48);
  expect(prefixOfKey(undefined)).toBeNull();
});

test('a key is told only where it is certain that it is one', () => {
  expect(prefixOf('get', 'a:b:c')).toBe('a:b');
  expect(prefixOf('SET', 'a:b:c', 'v')).toBe('a:b');
  expect(prefixOf('EVALSHA', 'sha', 1, 'a:b:c', 'v')).toBe('a:b');
  expect(prefixOf('EVAL', 'text', 0, 'v')).toBeNull();
  for (const name of ['ECHO', 'AUTH', 'PUBLISH', 'PING', 'CONFIG', 'SCRIPT', 'ACL', 'NOBODY.KNOWS', 'SCAN']) {
    expect(prefixOf(name, 'v')).toBeNull();
  }
});

test('what only reads is known; what nobody knows may write', () => {
  for (const name of ['GET', 'MGET', 'SCAN', 'ZCARD', 'EVALSHA_RO', 'PING']) expect(isRead(name)).toBe(true);
  for (const name of ['SET', 'GETDEL', 'GETEX', 'EVALSHA', 'SORT', 'BITFIELD', 'TOUCH', 'NOBODY.KNOWS']) {
    expect(isRead(name)).toBe(false);
  }
});

test('what a metered Redis does not bill', () => {
  expect(['PING', 'AUTH', 'SELECT', 'GET', 'EVAL'].map(billedFor)).toEqual([0, 0, 0, 1, 1]);
});
