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

  test('escapes stand for what would end a part of it', () => {
    const password = 'a@b:c/d?e#f%g é';
    const login = `${encodeURIComponent('me:too')}:${encodeURIComponent(password)}`;
    expect(readRedisSettings({ REDIS_URL: `redis://${login}@h` })).toMatchObject({
      username: 'me:too',
      password,
    });
    expect(readRedisSettings({ REDIS_URL: `unix://${login}@/r.sock` })).toMatchObject({
      username: 'me:too',
      password,
    });
  });

  test('only a name is asked for in TLS, an address is not', () => {
    expect(readRedisSettings({ REDIS_URL: 'rediss://10.0.0.1' })).toMatchObject({ tls: {} });
    expect(readRedisSettings({ REDIS_URL: 'rediss://[::1]' })).toMatchObject({ host: '::1', tls: {} });
  });

  test('may lead to a Unix socket', () => {
    expect(readRedisSettings({ REDIS_URL: 'unix:///run/redis%20one.sock' })).toEqual({
      path: '/run/redis one.sock',
    });
    expect(readRedisSettings({ REDIS_URL: 'unix://me:s%40crt@/run/redis.sock?db=3' })).toEqual({
      path: '/run/redis.sock',
      username: 'me',
      password: 's@crt',
      db: 3,
    });
  });

  test('wins, unless that would leave out what the others ask for', () => {
    const others = {
      REDIS_HOST: 'elsewhere',
      REDIS_USERNAME: 'you',
      REDIS_PASSWORD: 'yours',
      REDIS_TLS: 'true',
    };
    expect(readRedisSettings({ REDIS_URL: 'rediss://me:mine@h', ...others })).toMatchObject({
      password: 'mine',
    });
    const problems = problemsOf({ REDIS_URL: 'redis://h', ...others });
    expect(problems).toHaveLength(3);
    for (const name of ['REDIS_USERNAME', 'REDIS_PASSWORD', 'REDIS_TLS'])
      expect(problems.join()).toContain(name);
    expect(problems.join()).not.toContain('yours');
  });

  test('all that is wrong in it is told at once', () => {
    const [message] = problemsOf({ REDIS_URL: 'redis://:hunter2%@:0/x?y=1#z', REDIS_TLS: 'on' });
    expect(message).toContain('cannot be parsed');
    const [longer] = problemsOf({ REDIS_URL: 'redis://:hunter2%@h:0/x?y=1#z' });
    for (const fault of ['port 0', 'after a "?"', '"#"', '"%"', 'database']) expect(longer).toContain(fault);
    expect(longer).not.toContain('hunter2');
  });

  test.each([
    ['redis//localhost', 'cannot be parsed'],
    ['redis://:hunter2@local host', 'cannot be parsed'],
    ['redis://h:99999', 'cannot be parsed'],
    ['http://:hunter2@localhost', 'does not start with redis://'],
    ['redis://:hunter2@a:1,b:2', 'neither Sentinel nor Cluster'],
    ['redis-sentinel://:hunter2@a:1/primary', 'neither Sentinel nor Cluster'],
    ['rediss+cluster://:hunter2@a:1', 'neither Sentinel nor Cluster'],
    ['redis://:hunter2@a:1?sentinels=b', 'has options after a "?"'],
    ['redis://:hunt#er2@a:1', 'cannot be parsed'],
    ['redis://a/1#hunter2', 'has a "#"'],
    ['unix:///', 'names no socket'],
    ['unix://run/redis.sock', 'names no socket'],
    ['unix:/run/redis.sock', 'names no socket'],
    ['unix:///run/redis.sock?db=one', 'names a database that is no number'],
    ['unix:///run/redis.sock?password=hunter2', 'has options after its "?"'],
    ['unix://:hunter2%@/run/redis.sock', 'encodes nothing'],
    ['unix:///run/hunter2%.sock', 'encodes nothing'],
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

  test('a host may be an IPv6 address, as in a URL or not', () => {
    for (const host of ['::1', '[::1]']) {
      expect(readRedisSettings({ REDIS_HOST: host, REDIS_TLS: '1' })).toEqual({
        host: '::1',
        port: 6379,
        tls: {},
      });
    }
  });

  test.each(['redis.example:6380', '/run/redis.sock', 'redis://h', 'a b'])('host %j is none', (host) => {
    expect(problemsOf({ REDIS_HOST: host })).toEqual([expect.stringContaining(`REDIS_HOST is "${host}"`)]);
  });

  test('a URL with a password in the wrong variable is not shown', () => {
    const url = 'redis://:hunter2@h';
    const problems = problemsOf({ REDIS_HOST: url, REDIS_PORT: url, REDIS_TLS: url });
    expect(problems).toHaveLength(3);
    expect(problems.join()).not.toContain('hunter2');
  });

  test.each([
    [{ REDIS_SENTINELS: 'a:1,b:2', REDIS_URL: 'redis://h' }, 'REDIS_SENTINELS'],
    [{ REDIS_SENTINEL_MASTER: 'primary', REDIS_HOST: 'h' }, 'REDIS_SENTINEL_MASTER'],
    [{ REDIS_CLUSTER_NODES: 'a:1', REDIS_HOST: 'h' }, 'REDIS_CLUSTER_NODES'],
    [{ REDIS_HOST: 'a,b' }, 'REDIS_HOST'],
    [{ REDIS_DB: '1', REDIS_HOST: 'h' }, 'REDIS_DB'],
  ])('what would not be obeyed is refused by name: %j', (environment, name) => {
    expect(problemsOf(environment)).toEqual([expect.stringMatching(new RegExp(`^${name} `))]);
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
