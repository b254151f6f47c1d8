// `npm test`: sets up what is missing, then format, lint, types, unit specs, build, and every spec that needs a
// database or a Redis; of the latter those of `--redis-specs-of=<project>` only, of the former none with
// `--no-database-specs`. Closes with what failed and one line: `N passed, N failed` (`, N skipped`).
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { check, checkDifferences, nxRunMany, report, scriptTests, Totals } from './checks.mjs';
import { setUp } from './setup.mjs';
import { binOf, main } from './workspace.mjs';

await main(async (args) => {
  const { values } = parseArgs({
    args,
    options: {
      'redis-specs-of': { type: 'string', multiple: true, default: [] },
      'no-database-specs': { type: 'boolean', default: false },
    },
  });
  const hasDatabaseSpecs = !values['no-database-specs'];
  await setUp({ withPostgres: hasDatabaseSpecs });
  const totals = new Totals();
  const parallel = Math.max(1, Math.min(4, availableParallelism()));
  await check(totals, 'format', process.execPath, [binOf('prettier'), '--check', '--log-level=warn', '.']);
  await check(totals, 'project references', process.execPath, [binOf('nx'), 'sync:check']);
  await nxRunMany(totals, { targets: ['lint', 'typecheck', 'test', 'build'], parallel });
  // After Nx, whose project graph the boundary rules read.
  await scriptTests(totals);
  await check(totals, 'lint of the scripts', process.execPath, [binOf('eslint'), 'tools/ci', '*.mjs']);
  if (hasDatabaseSpecs) await nxRunMany(totals, { targets: ['test:database'], parallel });
  // One at a time: these specs kill servers, wait out locks and look at time.
  await nxRunMany(totals, { targets: ['test:redis'], projects: values['redis-specs-of'], parallel: 1 });
  checkDifferences(totals);
  return report(totals);
});
