// `npm start`: sets up what is missing, compiles the app, runs its demo with the arguments given.
import { run } from './run-command.mjs';
import { build, setUp } from './setup.mjs';
import { main, say } from './workspace.mjs';

await main(async (args) => {
  await setUp();
  say('Compiling the app …');
  await build('apps/catchup');
  return run(process.execPath, ['apps/catchup/dist/demo/main.js', ...args]);
});
