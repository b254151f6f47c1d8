import { refusalOf } from './store-refusal.js';

test.each([
  ["NOPERM this user has no permissions to run the 'evalsha' command", /does not allow/],
  ["OOM command not allowed when used memory > 'maxmemory'. script: 1f, on @user_script:3.", /out of memory/],
  ['MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist', /disk/],
])('%s', (message, problem) => {
  expect(refusalOf(new Error(message))).toMatch(problem);
});

test('other errors are none of it', () => {
  for (const other of [new Error('Missing lock for job 1'), new Error('WRONGTYPE'), 'OOM', undefined]) {
    expect(refusalOf(other)).toBeUndefined();
  }
});
