// `npm run bench -- <name> [--json] [--check]`: sets up what is missing, compiles the benchmarks, runs one.
import { hasBull } from './differences.mjs';
import { run } from './run-command.mjs';
import { build, setUp } from './setup.mjs';
import { main, say } from './workspace.mjs';

await main(async (args) => {
  await setUp();
  say('Compiling the benchmarks …');
  await build('tools/bench');
  // Which the benchmarks load when they find it.
  if (hasBull()) await build('packages/queue-bull');
  return run(process.execPath, ['tools/bench/dist/main.js', ...args]);
});
