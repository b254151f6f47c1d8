import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Totals } from './checks.mjs';
import { satisfiesMinimum } from './workspace.mjs';

test('a Node version is compared by numbers, not letters', () => {
  for (const version of ['20.19.0', '20.20.2', '22.0.0', '100.1.0']) {
    assert.equal(satisfiesMinimum(version, '>=20.19'), true, version);
  }
  for (const version of ['20.18.3', '20.2.0', '18.20.8', '9.99.0']) {
    assert.equal(satisfiesMinimum(version, '>=20.19'), false, version);
  }
});

test('the line of totals names skipped tests only when there are any', () => {
  const totals = new Totals();
  totals.addTests({ passed: 3, failed: 0, skipped: 0 });
  assert.equal(String(totals), '3 passed, 0 failed');
  assert.equal(totals.exitCode, 0);
  totals.addTests({ passed: 0, failed: 0, skipped: 2 });
  assert.equal(String(totals), '3 passed, 0 failed, 2 skipped');
});

test('a failed check counts as one, and a run without tests has failed', () => {
  assert.equal(new Totals().exitCode, 1);
  const totals = new Totals();
  totals.addTests({ passed: 3, failed: 0, skipped: 0 });
  totals.failCheck('lint of x');
  assert.equal(String(totals), '3 passed, 1 failed');
  assert.equal(totals.exitCode, 1);
});
