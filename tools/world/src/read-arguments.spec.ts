import { ArgumentError, readArguments } from './read-arguments.js';

test.each([
  ['--seed=x', /^"--seed=x" is not allowed: --seed= and a whole number from 0 to 2147483647$/],
  ['--seed', /"--seed" is not allowed/],
  ['--seed=-1', /"--seed=-1"/],
  ['--seed=2147483648', /"--seed=2147483648"/],
  ['--database=oracle', /^"--database=oracle" is not allowed: --database=embedded or --database=server$/],
  ['--json=1', /"--json=1" is not allowed: the world takes/],
  ['seven', /"seven" is not allowed: the world takes --seed=N, --database=embedded or server, and --json$/],
])('%s: one line with the value and what is allowed', (argument, message) => {
  expect(() => readArguments([argument], {})).toThrow(ArgumentError);
  expect(() => readArguments([argument], {})).toThrow(message);
});

test('takes what it is told, and the embedded database where it is told nothing', () => {
  expect(readArguments([], {})).toEqual({ seed: 7, database: 'embedded', asJson: false });
  expect(readArguments(['--json', '--seed=2147483647', '--database=server'], {})).toEqual({
    seed: 2_147_483_647,
    database: 'server',
    asJson: true,
  });
});

test('a database that is named goes before that of the environment', () => {
  const env = { DATABASE_URL: ' postgres://somewhere/else ' };
  expect(readArguments([], env)).toMatchObject({
    database: 'given',
    databaseUrl: 'postgres://somewhere/else',
  });
  expect(readArguments(['--database=embedded'], env)).toMatchObject({ database: 'embedded' });
  expect(readArguments([], { DATABASE_URL: ' ' })).toMatchObject({ database: 'embedded' });
});
