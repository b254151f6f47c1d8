// Runs Nx targets and adds up what passed and failed, for the line that `npm test` and a CI leg close with.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Coverage, hasBull, readDifferences } from './differences.mjs';
import { describeFailures, tapFailures, writeFailures } from './failures.mjs';
import { run } from './run-command.mjs';
import { binOf, cacheFolder, root, say } from './workspace.mjs';

const TEST_TARGETS = ['test', 'test:redis', 'test:database'];

export class Totals {
  passed = 0;
  failed = 0;
  skipped = 0;
  /** What failed besides single tests: `lint of @switchyard/queue-bull`. */
  failedChecks = [];
  /** Single tests that failed: `{ name, file, message }`. */
  failures = [];
  /** Which differences between Bull and BullMQ the tests hold. */
  coverage = new Coverage();

  addTests({ passed, failed, skipped, failures = [] }) {
    this.passed += passed;
    this.failed += failed;
    this.skipped += skipped;
    this.failures.push(...failures);
  }

  failCheck(name) {
    this.failed += 1;
    this.failedChecks.push(name);
  }

  /** A run without a single test proves nothing. */
  get exitCode() {
    return this.failed > 0 || this.passed === 0 ? 1 : 0;
  }

  toString() {
    const skipped = this.skipped > 0 ? `, ${this.skipped} skipped` : '';
    return `${this.passed} passed, ${this.failed} failed${skipped}`;
  }
}

/** Prints what failed, then the line of totals; answers with the exit code. */
export function report(totals, file = undefined) {
  const { failedChecks, failures } = totals;
  if (totals.failed > 0) say(`\n${describeFailures(failedChecks, failures)}\n`);
  writeFailures(failedChecks, failures, file);
  process.stdout.write(`${totals}\n`);
  return totals.exitCode;
}

/** One command that either passes or fails; failing counts as one. */
export async function check(totals, name, command, args) {
  say(`\n— ${name}`);
  if ((await run(command, args)) !== 0) totals.failCheck(name);
}

/** Prints how many tests hold each difference between Bull and BullMQ; one that none holds has failed. */
export function checkDifferences(totals) {
  if (!hasBull()) return;
  const differences = readDifferences();
  process.stdout.write(`\n${totals.coverage.table(differences)}\n\n`);
  for (const { number, subject } of totals.coverage.missing(differences)) {
    totals.failCheck(`no test holds difference ${number}, ${subject}`);
  }
}

/** The tests of these scripts and of the boundary rules, in Node's own runner: no package owns them. */
export async function scriptTests(totals) {
  say('\n— tests of the scripts');
  const folder = join(root, 'tools', 'ci');
  const files = readdirSync(folder).filter((file) => file.endsWith('.test.mjs'));
  let tap = '';
  const code = await run(
    process.execPath,
    ['--test', '--test-reporter=tap', ...files.map((file) => join(folder, file))],
    { stdout: (text) => (tap += text) },
  );
  const count = (what) => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(tap)?.[1] ?? 0);
  totals.addTests({
    passed: count('pass'),
    failed: count('fail'),
    skipped: count('skipped') + count('todo'),
    failures: tapFailures(tap),
  });
  if (code === 0) return;
  process.stdout.write(tap);
  if (count('fail') === 0) totals.failCheck('tests of the scripts');
}

/**
 * Runs targets over all projects, or those named, and adds their tests to the totals. A failed target that is no
 * test, or whose tests never got as far as failing, counts as one; so do tests that ran on another Node than this.
 *
 * @param args handed on to the target's command, such as a pattern of spec files
 * @param isFresh takes no result from Nx's cache: what another Node or flag left there proves nothing here
 */
export async function nxRunMany(
  totals,
  { targets, projects = [], args = [], parallel, env = {}, isFresh = false },
) {
  const only = projects.length > 0 ? ` of ${projects.join(', ')}` : '';
  say(`\n— ${targets.join(', ')}${only}`);
  const counts = join(cacheFolder, 'test-counts', String(process.pid));
  rmSync(counts, { recursive: true, force: true });
  const code = await run(
    process.execPath,
    [
      binOf('nx'),
      'run-many',
      '--output-style=stream',
      `--parallel=${parallel}`,
      '-t',
      ...targets,
      ...(projects.length > 0 ? ['-p', ...projects] : []),
      ...(isFresh ? ['--skip-nx-cache'] : []),
      ...(args.length > 0 ? ['--', ...args] : []),
    ],
    { env: { ...env, SWITCHYARD_TEST_COUNTS: counts } },
  );
  const failedIn = new Set();
  for (const file of existsSync(counts) ? readdirSync(counts) : []) {
    const count = JSON.parse(readFileSync(join(counts, file), 'utf8'));
    totals.addTests(count);
    totals.coverage.add(count.project, count.differences);
    if (count.failed > 0) failedIn.add(count.project);
    if (count.node !== process.versions.node) totals.failCheck(`${count.project} ran on Node ${count.node}`);
  }
  for (const task of isFresh ? cachedTasks() : []) totals.failCheck(`${task} was answered from a cache`);
  rmSync(counts, { recursive: true, force: true });
  if (code === 0) return;

  const failures = failedTasks();
  for (const { target, projectName } of failures) {
    if (!TEST_TARGETS.includes(target) || !failedIn.has(projectName)) {
      totals.failCheck(`${target} of ${projectName}`);
    }
  }
  if (failures.length === 0 && failedIn.size === 0) totals.failCheck(`nx run-many -t ${targets.join(' ')}`);
}

const failedTasks = () => tasksOfLastRun().filter((task) => task.status !== 0);

const cachedTasks = () =>
  tasksOfLastRun()
    .filter(({ cacheStatus }) => cacheStatus !== 'cache-miss')
    .map(({ taskId }) => taskId);

/** Nx leaves an account of its last run. */
function tasksOfLastRun() {
  const file = join(root, '.nx', 'cache', 'run.json');
  if (!existsSync(file)) return [];
  return JSON.parse(readFileSync(file, 'utf8')).tasks;
}
