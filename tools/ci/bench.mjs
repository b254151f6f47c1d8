// `npm run bench -- <name> [--json] [--check]`: sets up what is missing, compiles the benchmarks, runs one.
import { run } from './run-command.mjs';
import { build, setUp } from './setup.mjs';
import { main, say } from './workspace.mjs';

await main(async (args) => {
  await setUp();
  say('Compiling the benchmarks …');
  await build('tools/bench');
  return run(process.execPath, ['tools/bench/dist/main.js', ...args]);
});
