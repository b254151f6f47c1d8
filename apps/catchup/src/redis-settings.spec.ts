import { readRedisSettings } from './redis-settings.js';
import { InvalidSettingsError } from './settings-error.js';

const problemsOf = (environment: Record<string, string>) => {
  try {
    readRedisSettings(environment);
  } catch (error) {
    if (error instanceof InvalidSettingsError) return error.problems;
    throw error;
  }
  throw new Error('these settings were taken');
};

describe('REDIS_URL', () => {
  test('says everything at once, and wins', () => {
    const environment = { REDIS_URL: ' rediss://me:s%40crt@redis.example:6380/2\n', REDIS_HOST: 'elsewhere' };
    expect(readRedisSettings(environment)).toEqual({
      host: 'redis.example',
      port: 6380,
      username: 'me',
      password: 's@crt',
      db: 2,
      tls: { servername: 'redis.example' },
    });
  });

  test('needs no more than a host', () => {
    expect(readRedisSettings({ REDIS_URL: 'redis://localhost' })).toEqual({ host: 'localhost', port: 6379 });
    expect(readRedisSettings({ REDIS_URL: 'redis://[::1]:7000' })).toEqual({ host: '::1', port: 7000 });
  });

  test.each([
    ['redis//localhost', 'cannot be parsed'],
    ['redis://:hunter2@local host', 'cannot be parsed'],
    ['redis://h:99999', 'cannot be parsed'],
    ['http://:hunter2@localhost', 'does not start with redis://'],
    ['hunter2:6379', 'does not start with redis://'],
    ['redis://', 'names no host'],
    ['redis://:hunter2@localhost/queues', 'names a database that is no number'],
    ['redis://localhost:0', 'names port 0'],
    ['redis://:hunter2%@localhost', 'encodes nothing'],
  ])('%s is refused and not shown', (url, problem) => {
    const [message, ...more] = problemsOf({ REDIS_URL: url });
    expect(more).toEqual([]);
    expect(message).toContain(problem);
    expect(message).toContain('allowed: redis://');
    expect(message).not.toContain('hunter2');
  });
});

describe('single variables', () => {
  test('are put together', () => {
    const environment = {
      REDIS_HOST: 'redis.example',
      REDIS_PORT: '6380',
      REDIS_USERNAME: 'me',
      REDIS_PASSWORD: 'secret\n',
      REDIS_TLS: 'true',
    };
    expect(readRedisSettings(environment)).toEqual({
      host: 'redis.example',
      port: 6380,
      username: 'me',
      password: 'secret',
      tls: { servername: 'redis.example' },
    });
    expect(readRedisSettings({ REDIS_HOST: 'h', REDIS_TLS: 'off' })).toEqual({ host: 'h', port: 6379 });
  });

  test('nothing at all is one problem that names both ways', () => {
    expect(problemsOf({})).toEqual([
      'REDIS_URL and REDIS_HOST are both missing, one of them says where Redis is',
    ]);
  });

  test('all that is wrong is told at once, without the password', () => {
    const problems = problemsOf({
      REDIS_HOST: 'redis://h',
      REDIS_PORT: '70000',
      REDIS_TLS: 'maybe',
      REDIS_USERNAME: 'me',
    });
    expect(problems).toHaveLength(4);
    for (const name of ['REDIS_HOST', 'REDIS_PORT', 'REDIS_TLS', 'REDIS_PASSWORD']) {
      expect(problems.join()).toContain(name);
    }
  });
});
