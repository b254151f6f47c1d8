// A Jest reporter that leaves one small file per run, for the line of totals that `npm test` closes with.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export default class CountTests {
  onRunComplete(_contexts, results) {
    const folder = process.env.SWITCHYARD_TEST_COUNTS;
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    // A spec file that does not even load has no tests that could fail.
    const broken = results.testResults.filter((file) => file.testExecError).length;
    writeFileSync(
      join(folder, `${process.pid}.json`),
      JSON.stringify({
        project: JSON.parse(readFileSync('package.json', 'utf8')).name,
        passed: results.numPassedTests,
        failed: results.numFailedTests + broken,
        skipped: results.numPendingTests + results.numTodoTests,
      }),
    );
  }
}
