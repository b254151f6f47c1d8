import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countDifferences, Coverage, numbersIn, readDifferences } from './differences.mjs';
import { contractReport } from './print-contract.mjs';

const passed = (fullName) => ({ fullName, status: 'passed' });

test('the document numbers its differences 1 to 28, each once, each with a subject', () => {
  const differences = readDifferences();
  const numbers = differences.map(({ number }) => number).sort((a, b) => a - b);
  assert.deepEqual(
    numbers,
    Array.from({ length: 28 }, (_, index) => index + 1),
  );
  for (const { number, subject } of differences) assert.ok(subject.length > 3, `${number}: ${subject}`);
});

test('a title may carry several numbers, and what is no number is none', () => {
  assert.deepEqual(numbersIn('[9] [21] keeps ids [9]'), [9, 21]);
  assert.deepEqual(numbersIn('jobs[0x] and [name] and list[]'), []);
});

test('only tests that passed count', () => {
  const testResults = [
    { testResults: [passed('contract [5] a'), passed('[5] [6] b'), { fullName: '[7] c', status: 'failed' }] },
  ];
  assert.deepEqual(countDifferences(testResults), { 5: 2, 6: 1 });
});

test('a difference is missing unless both engines hold it, or both at once', () => {
  const coverage = new Coverage();
  coverage.add('@switchyard/queue-bull', { 1: 1, 2: 1 });
  coverage.add('@switchyard/queue-bullmq', { 2: 3 });
  coverage.add('@switchyard/queue-rollout', { 3: 1 });
  coverage.add('@switchyard/queue-contract', { 4: 1 });
  const differences = [1, 2, 3, 4].map((number) => ({ number, subject: `subject ${number}` }));
  assert.deepEqual(
    coverage.missing(differences).map(({ number }) => number),
    [1, 4],
  );
  assert.match(coverage.table(differences), /^ 2 {2}subject 2 +1 +3 +· +·$/m);
});

test('the contract suite is printed with its numbers, and other suites are not', () => {
  const ancestorTitles = ['queue engine contract: bull', 'ids'];
  const report = contractReport([
    { ancestorTitles, title: '[9] keeps numbers', status: 'passed' },
    { ancestorTitles, title: 'refuses nothing', status: 'failed' },
    { ancestorTitles: ['another suite'], title: '[9] too', status: 'passed' },
  ]);
  assert.equal(
    report,
    [
      'The contract on bull: 2 cases, 1 of them on 1 numbered differences',
      '  ids',
      '    ✓ [9]   keeps numbers',
      '    ✗       refuses nothing',
    ].join('\n'),
  );
  assert.equal(contractReport([{ ancestorTitles: [], title: '[9]', status: 'passed' }]), '');
});
