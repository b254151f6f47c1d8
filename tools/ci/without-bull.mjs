// Proves on a copy of this clone that Bull can go: `node tools/ci/without-bull.mjs [--short]`. The copy has what git
// tracks and what is new, as it is now; from it go the folder of the Bull engine and the line that names it. Then
// npm, Nx and all of `npm test` have to agree that nothing is missing. Closes with the line of totals.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { report, Totals } from './checks.mjs';
import { bullInLockFile, bullInModules, takeBullOut } from './bull-removal.mjs';
import { hasBull } from './differences.mjs';
import { run } from './run-command.mjs';
import { npm, setUp } from './setup.mjs';
import {
  binOf,
  cacheFolder,
  foldersIn,
  main,
  makeFolderOutside,
  PlainError,
  root,
  say,
} from './workspace.mjs';

await main(async (args) => {
  const { values } = parseArgs({ args, options: { short: { type: 'boolean', default: false } } });
  if (!hasBull()) throw new PlainError('Bull is gone already: there is no packages/queue-bull to take out.');
  await setUp();
  const copy = makeFolderOutside('switchyard-without-bull-');
  let isKept = true;
  process.once('exit', () => {
    if (isKept) say(`The copy is kept for a look: ${copy}`);
    else rmSync(copy, { recursive: true, force: true });
  });
  await copyClone(copy);
  const removed = takeBullOut(copy);
  say('\n— taken out of a copy');
  for (const what of removed.deleted) say(`  ${what}`);

  const totals = new Totals();
  const inCopy = (command, args, options = {}) =>
    run(command, args, { ...options, cwd: copy, env: { ...foldersIn(copy), ...options.env } });
  const [npmCommand, ...npmArgs] = npm();
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await step(totals, 'npm install', () => inCopy(npmCommand, [...npmArgs, ...install]));
  await step(totals, 'nothing of Bull is installed', async () => {
    const left = [...bullInLockFile(copy), ...bullInModules(copy)];
    for (const what of left) say(`  still there: ${what}`);
    let listed = '';
    const stdout = (text) => (listed += text);
    await inCopy(npmCommand, [...npmArgs, 'ls', 'bull', '--all', '--parseable'], { stdout });
    if (listed.trim()) say(`  npm ls bull:\n${listed}`);
    return left.length + listed.trim().length;
  });
  await step(totals, 'nx sync', () => inCopy(process.execPath, [binOf('nx', copy), 'sync']));
  // The domain's databases know of no queue: what is left of them without Bull is what was there with it.
  const short = [...removed.projects.map((name) => `--redis-specs-of=${name}`), '--no-database-specs'];
  if (totals.failed === 0) await testCopy(totals, inCopy, values.short ? short : []);
  isKept = totals.failed > 0;
  return report(totals);
});

/** Counts as one test, whose exit code says whether it passed. */
async function step(totals, name, body) {
  say(`\n— ${name}`);
  if ((await body()) === 0) totals.addTests({ passed: 1, failed: 0, skipped: 0 });
  else totals.failCheck(name);
}

/** `npm test` as it is in the copy. */
async function testCopy(totals, inCopy, args) {
  let output = '';
  const code = await inCopy(process.execPath, [join('tools', 'ci', 'test.mjs'), ...args], {
    env: { USE_BULLMQ: 'true' },
    stdout: (text) => {
      process.stdout.write(text);
      output = (output + text).slice(-4096);
    },
  });
  const [, passed, failed, skipped] =
    /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(output.trimEnd().split('\n').at(-1)) ?? [];
  totals.addTests({
    passed: Number(passed ?? 0),
    failed: Number(failed ?? 0),
    skipped: Number(skipped ?? 0),
  });
  if (code !== 0 && !Number(failed)) totals.failCheck('npm test of the copy');
}

async function copyClone(copy) {
  let listed = '';
  const stdout = (text) => (listed += text);
  const code = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { stdout });
  if (code !== 0) throw new PlainError('git could not list the files of this clone.');
  for (const file of new Set(listed.split('\0').filter(Boolean))) {
    const source = join(root, file);
    if (!existsSync(source)) continue; // Deleted, and not committed yet.
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(source, join(copy, file));
  }
  // What local servers have fetched once; data stays, which belongs to who runs it.
  for (const kind of ['redis', 'postgres']) {
    const fetched = join(cacheFolder, kind);
    for (const name of existsSync(fetched) ? readdirSync(fetched) : []) {
      if (/^(data$|template-|unfinished-)/.test(name)) continue;
      const to = join(copy, '.cache', kind, name);
      cpSync(join(fetched, name), to, { recursive: true, verbatimSymlinks: true });
    }
  }
}
