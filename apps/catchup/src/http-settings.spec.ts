import { randomBytes } from 'node:crypto';
import { readHttpSettings } from './http-settings.js';
import type { Environment } from './redis-settings.js';
import { InvalidSettingsError } from './settings-error.js';

const REST = { UPSTASH_REDIS_REST_URL: 'https://fox.upstash.io', UPSTASH_REDIS_REST_TOKEN: 'AX7k' };
const secret = () => randomBytes(32).toString('base64');

function problemsOf(environment: Environment): readonly string[] {
  try {
    readHttpSettings(environment);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidSettingsError);
    return (error as InvalidSettingsError).problems;
  }
}

test('everything that is missing or malformed is told at once, and no secret with it', () => {
  const problems = problemsOf({
    UPSTASH_REDIS_REST_URL: 'redis://:hunter2@fox.upstash.io',
    CACHE_ENCRYPTION_KEYS: 'now:hunter2',
  });
  expect(problems).toHaveLength(3);
  for (const name of ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN', 'CACHE_ENCRYPTION_KEYS']) {
    expect(problems.filter((problem) => problem.startsWith(name))).toHaveLength(1);
  }
  expect(problems.join()).not.toContain('hunter2');
});

test('a trailing newline of a secret does no harm', () => {
  const key = secret();
  const settings = readHttpSettings({
    UPSTASH_REDIS_REST_URL: ` ${REST.UPSTASH_REDIS_REST_URL}\n`,
    UPSTASH_REDIS_REST_TOKEN: `${REST.UPSTASH_REDIS_REST_TOKEN}\n`,
    CACHE_ENCRYPTION_KEYS: `now:${key}\n`,
  });
  expect(settings).toEqual({
    redis: { url: 'https://fox.upstash.io', token: 'AX7k' },
    encryptionKeys: [{ id: 'now', secret: key }],
  });
});

test('in production sensitive entries need a key', () => {
  expect(problemsOf({ ...REST, NODE_ENV: 'production' })).toEqual([
    expect.stringMatching(/^CACHE_ENCRYPTION_KEYS is missing.*SESSION/),
  ]);
  expect(problemsOf({ ...REST, NODE_ENV: 'production', CACHE_ENCRYPTION_KEYS: ' ' })).toHaveLength(1);
  const keys = `new:${secret()},old:${secret()}`;
  expect(problemsOf({ ...REST, NODE_ENV: 'production', CACHE_ENCRYPTION_KEYS: keys })).toEqual([]);
});

test('elsewhere a key is made up, another one each time', () => {
  const [one, other] = [readHttpSettings(REST), readHttpSettings(REST)];
  expect(one.encryptionKeys).toHaveLength(1);
  expect(one.encryptionKeys[0]?.secret).toHaveLength(32);
  expect(one.encryptionKeys[0]?.secret).not.toEqual(other.encryptionKeys[0]?.secret);
});
