import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { readDatabaseSettings } from './database-settings.js';
import { parseDatabaseUrl } from './engine/database-url.js';
import { InvalidDatabaseSettingsError } from './errors.js';

const URL_OF_SERVER = 'postgres://catchup:hunter2@db.example.org:5433/catchup';
const keys = `now:${randomBytes(32).toString('base64')}`;

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readDatabaseSettings(env);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidDatabaseSettingsError);
    expect(inspect(error)).not.toContain('hunter2');
    return (error as InvalidDatabaseSettingsError).problems;
  }
}

test('everything that is wrong is told at once, and no secret with it', () => {
  const problems = problemsOf({
    DATABASE_URL: 'mysql://root:hunter2@db/catchup',
    DATABASE_POOL_SIZE: 'many',
    DATABASE_CONNECT_TIMEOUT_MS: '0',
    DATABASE_STATEMENT_TIMEOUT_MS: '1e3',
    TOKEN_ENCRYPTION_KEYS: 'now:hunter2',
  });
  expect(problems.map((problem) => problem.split(/[: ]/)[0])).toEqual([
    'DATABASE_URL',
    'DATABASE_POOL_SIZE',
    'DATABASE_CONNECT_TIMEOUT_MS',
    'DATABASE_STATEMENT_TIMEOUT_MS',
    'TOKEN_ENCRYPTION_KEYS',
  ]);
});

test('in production tokens need a key; elsewhere one stands in that everybody knows', () => {
  expect(problemsOf({ DATABASE_URL: URL_OF_SERVER, NODE_ENV: 'production' })).toEqual([
    expect.stringMatching(/^TOKEN_ENCRYPTION_KEYS is missing/),
  ]);
  expect(
    problemsOf({ DATABASE_URL: URL_OF_SERVER, NODE_ENV: 'production', TOKEN_ENCRYPTION_KEYS: keys }),
  ).toEqual([]);
  expect(readDatabaseSettings({ DATABASE_URL: URL_OF_SERVER }).tokenKeys).toEqual([
    expect.objectContaining({ id: 'development' }),
  ]);
});

test('a server is preferred, then the folder that is set, then the default; without any it is told', () => {
  const env = { DATABASE_URL: ` ${URL_OF_SERVER}\n`, DATABASE_FOLDER: '/data', DATABASE_POOL_SIZE: ' 7\n' };
  expect(readDatabaseSettings(env)).toMatchObject({ databaseUrl: URL_OF_SERVER, poolSize: 7 });
  expect(readDatabaseSettings(env)).not.toHaveProperty('dataFolder');
  expect(readDatabaseSettings({ ...env, DATABASE_URL: ' ' }, { defaultFolder: '/other' })).toMatchObject({
    dataFolder: '/data',
  });
  expect(readDatabaseSettings({}, { defaultFolder: '/other' })).toMatchObject({ dataFolder: '/other' });
  expect(problemsOf({})).toEqual([expect.stringMatching(/neither DATABASE_URL nor DATABASE_FOLDER/)]);
});

test.each([
  ['', /no URL/],
  ['db.example.org/catchup', /no URL/],
  ['http://db/catchup', /postgres:/],
  ['postgres:///catchup?password=hunter2', /no host/],
  ['postgres://u:hunter2@db', /no database/],
  ['postgres://u:hunter2@db/', /no database/],
  ['postgres://u:12/hunter2@db/catchup', /cut/],
  ['postgres://u:hunter2#3@db/catchup', /no URL|cut|no database/],
  ['postgres://u:12?hunter2@db/catchup', /cut|no database/],
])('the URL "%s" is refused without being shown', (url, message) => {
  const parsed = parseDatabaseUrl(url);
  expect(parsed).toEqual({ problem: expect.stringMatching(message) });
  expect(inspect(parsed)).not.toContain('hunter2');
});

test.each([
  [URL_OF_SERVER, 'db.example.org:5433/catchup'],
  ['postgresql://db/catchup?sslmode=require', 'db:5432/catchup'],
  ['postgres://u:p%40ss@[::1]/catchup', '[::1]:5432/catchup'],
  ['postgres:///catchup?host=/run/postgresql&password=hunter2', '/run/postgresql:5432/catchup'],
])('the URL "%s" is known as %s, without its password', (url, where) => {
  const parsed = parseDatabaseUrl(url);
  expect(parsed).toMatchObject({ where, url });
  expect(inspect(parsed) + JSON.stringify(parsed)).not.toContain('hunter2');
});
