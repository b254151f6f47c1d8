// A Jest reporter that leaves one small file per run, for the line of totals that `npm test` closes with, and that
// makes a run fail which does not end by itself.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { countDifferences } from './differences.mjs';
import { jestFailures } from './failures.mjs';

/** How long what a suite left open may take to close after the last test. */
const EXIT_TIMEOUT_MS = 15_000;

export default class CountTests {
  onRunComplete(_contexts, results) {
    const stuck = () => {
      process.stderr.write(
        `Still running ${EXIT_TIMEOUT_MS / 1000} s after the last test: it left something open.\n`,
      );
      process.exit(1);
    };
    // Fires only when something else keeps this process alive.
    if (!process.argv.some((argument) => argument.startsWith('--watch')))
      setTimeout(stuck, EXIT_TIMEOUT_MS).unref();

    const folder = process.env.SWITCHYARD_TEST_COUNTS;
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    // A spec file that does not even load has no tests that could fail.
    const broken = results.testResults.filter((file) => file.testExecError).length;
    writeFileSync(
      join(folder, `${process.pid}.json`),
      JSON.stringify({
        project: JSON.parse(readFileSync('package.json', 'utf8')).name,
        node: process.versions.node,
        passed: results.numPassedTests,
        failed: results.numFailedTests + broken,
        skipped: results.numPendingTests + results.numTodoTests,
        failures: jestFailures(results.testResults),
        differences: countDifferences(results.testResults),
      }),
    );
  }
}
