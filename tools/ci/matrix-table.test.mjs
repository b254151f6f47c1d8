import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawTable, parseOutcome } from './matrix-table.mjs';

test('the line of totals is read, and the exit code decides', () => {
  assert.deepEqual(parseOutcome('noise\n12 passed, 0 failed\n', 0), {
    result: 'ok',
    passed: 12,
    failed: 0,
    note: '',
  });
  assert.deepEqual(parseOutcome('12 passed, 1 failed, 2 skipped\n', 1), {
    result: 'FAILED',
    passed: 12,
    failed: 1,
    note: '2 skipped',
  });
});

test('a leg that says it did not run has not failed, unless it did', () => {
  assert.deepEqual(parseOutcome('not run: no Valkey here\n', 0), {
    result: 'not run',
    note: 'no Valkey here',
  });
  assert.equal(parseOutcome('not run: no Valkey here\n', 1).result, 'FAILED');
});

test('a leg that ends without a word has failed, whatever its exit code', () => {
  assert.deepEqual(parseOutcome('', 0), { result: 'FAILED', note: 'ended with exit code 0' });
});

test('every row is there, those that did not run with the reason', () => {
  const table = drawTable([
    {
      major: 20,
      node: '20.20.2',
      server: 'Redis',
      serverVersion: '7.0.15',
      flag: 'true',
      result: 'ok',
      passed: 120,
      failed: 0,
      seconds: 65,
      note: '',
    },
    { major: 22, server: 'Valkey', flag: 'false', result: 'not run', note: 'no Valkey server' },
  ]);
  assert.deepEqual(table.split('\n'), [
    'Node     server        USE_BULLMQ  result   passed  failed  took',
    '-------  ------------  ----------  -------  ------  ------  ----  ----------------',
    '20.20.2  Redis 7.0.15  true        ok          120       0  1:05',
    '22       Valkey        false       not run                        no Valkey server',
  ]);
});
