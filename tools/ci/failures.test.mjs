import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Totals } from './checks.mjs';
import { describeFailures, jestFailures, tapFailures, writeFailures } from './failures.mjs';
import { root } from './workspace.mjs';

const folder = mkdtempSync(join(tmpdir(), 'failures-'));
after(() => rmSync(folder, { recursive: true }));

const failed = (fullName, ...failureMessages) => ({ status: 'failed', fullName, failureMessages });
const long = Array.from({ length: 40 }, (_, line) => `line ${line + 1}`).join('\n');

test('of a failed test the name, the file and the beginning of its message are kept, without colours', () => {
  const results = [
    {
      testFilePath: join(root, 'packages', 'x', 'src', 'a.spec.ts'),
      testResults: [
        { status: 'passed', fullName: 'works', failureMessages: [] },
        failed('x fails', '\u001b[31mexpected\u001b[39m 1  \n  at a.ts'),
        failed('x fails at length', long),
      ],
    },
  ];
  const [first, second, ...rest] = jestFailures(results);
  assert.deepEqual(rest, []);
  assert.deepEqual(first, {
    name: 'x fails',
    file: 'packages/x/src/a.spec.ts',
    message: 'expected 1\n  at a.ts',
  });
  assert.deepEqual(second.message.split('\n').slice(-2), ['line 15', '…']);
});

test('a spec file that does not load is a failure, too', () => {
  const testExecError = { message: 'Cannot find module' };
  const results = [{ testFilePath: join(root, 'a.spec.ts'), testResults: [], testExecError }];
  assert.deepEqual(jestFailures(results), [
    { name: 'could not be run', file: 'a.spec.ts', message: 'Cannot find module' },
  ]);
});

test("failed tests of Node's runner are found in what it says, nested ones once", () => {
  const file = join(folder, 'some.test.mjs');
  writeFileSync(
    file,
    `import assert from 'node:assert/strict';
    import { describe, test } from 'node:test';
    test('passes', () => {});
    test('is to be done', { todo: true }, () => assert.fail());
    describe('a suite', () => { test('fails inside', () => assert.equal(1, 2)); });
    test('fails outside', () => { throw new Error('on purpose'); });`,
  );
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout } = spawnSync(process.execPath, ['--test', '--test-reporter=tap', file], {
    encoding: 'utf8',
    env,
  });
  const failures = tapFailures(stdout);
  assert.deepEqual(
    failures.map(({ name }) => name),
    ['fails inside', 'fails outside'],
  );
  assert.match(failures[0].message, /Expected values to be strictly equal/);
  assert.match(failures[1].message, /on purpose/);
  for (const each of failures) assert.match(each.file, /some\.test\.mjs$/);
});

test('checks come first, and those beyond the most are only counted', () => {
  const tests = ['a', 'b', 'c'].map((name) => ({
    name,
    file: 'f.spec.ts',
    message: `${name} is wrong\nhere`,
  }));
  assert.equal(
    describeFailures(['lint of x'], tests, 2),
    'Failed: lint of x\nFailed: f.spec.ts › a\n    a is wrong\n    here\n… and 2 more, named above',
  );
  assert.equal(describeFailures(['lint of x'], tests).match(/^Failed: /gm).length, 4);
});

test('what is left for the end of the log is bounded, and goes when nothing fails', () => {
  const file = join(folder, 'failures.txt');
  const tests = Array.from({ length: 30 }, (_, at) => ({ name: `test ${at}`, file: 'f', message: long }));
  writeFailures([], tests, file);
  const text = readFileSync(file, 'utf8');
  assert.equal(text.match(/^Failed: /gm).length, 20);
  assert.match(text, /… and 10 more, named above\n$/);
  writeFailures([], [], file);
  assert.equal(existsSync(file), false);
});

test('totals collect failures over several runs', () => {
  const totals = new Totals();
  const failure = { name: 'a', file: 'f', message: 'm' };
  totals.addTests({ passed: 1, failed: 1, skipped: 0, failures: [failure] });
  totals.addTests({ passed: 1, failed: 0, skipped: 0 });
  totals.addTests({ passed: 0, failed: 1, skipped: 0, failures: [{ ...failure, name: 'b' }] });
  assert.deepEqual(
    totals.failures.map(({ name }) => name),
    ['a', 'b'],
  );
});

test('the report names failed checks and tests after everything else, and closes with the totals', () => {
  const script = `
    import { report, Totals } from ${JSON.stringify(join(root, 'tools', 'ci', 'checks.mjs'))};
    const totals = new Totals();
    totals.addTests({ passed: 5, failed: 1, skipped: 0, failures: [{ name: 'n', file: 'f', message: 'm' }] });
    totals.failCheck('lint of x');
    process.exitCode = report(totals, ${JSON.stringify(join(folder, 'reported.txt'))});`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  assert.equal(status, 1);
  assert.equal(stdout, '5 passed, 2 failed\n');
  assert.equal(stderr, '\nFailed: lint of x\nFailed: f › n\n    m\n\n');
  assert.equal(readFileSync(join(folder, 'reported.txt'), 'utf8'), stderr.trimStart().trimEnd() + '\n');
});

test('.ci/run closes with what failed and the totals, whatever the demo says in between', () => {
  const clone = join(folder, 'clone');
  const bin = join(clone, 'bin');
  const runs = (npm) => {
    writeFileSync(join(bin, 'npm'), `#!/bin/sh\n${npm}\n`, { mode: 0o755 });
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
    const { status, stdout } = spawnSync(join(clone, '.ci', 'run'), { encoding: 'utf8', env });
    return { status, lines: stdout.trimEnd().split('\n') };
  };
  execFileSync('mkdir', ['-p', bin, join(clone, '.ci'), join(clone, '.cache')]);
  writeFileSync(join(clone, '.ci', 'run'), readFileSync(join(root, '.ci', 'run')), { mode: 0o755 });

  const tests = `echo 'Failed: f › n' > .cache/failures.txt; echo '3 passed, 1 failed'; exit 1`;
  const red = runs(`if [ "$1" = test ]; then ${tests}; else echo 'the demo says much'; fi`);
  assert.equal(red.status, 1);
  assert.deepEqual(red.lines.slice(-3), ['demo: ok', 'Failed: f › n', '3 passed, 1 failed']);

  const green = runs(`[ "$1" = start ] || echo '4 passed, 0 failed'`);
  assert.equal(green.status, 0);
  assert.deepEqual(green.lines.slice(-2), ['demo: ok', '4 passed, 0 failed']);
  assert.ok(!green.lines.some((line) => line.startsWith('Failed')));
});
