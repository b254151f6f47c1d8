// `npm run world [-- --seed=N --database=server --json]`: sets up what is missing, compiles the world, runs it.
import { run } from './run-command.mjs';
import { build, setUp } from './setup.mjs';
import { main, say } from './workspace.mjs';

await main(async (args) => {
  await setUp({ withRedis: false, withPostgres: args.includes('--database=server') });
  say('Compiling the world …');
  await build('tools/world');
  return run(process.execPath, ['tools/world/dist/main.js', ...args]);
});
