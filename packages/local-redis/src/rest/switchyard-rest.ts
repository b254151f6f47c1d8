import { runCommandLine } from './command-line.js';

process.exitCode = await runCommandLine({
  args: process.argv.slice(2),
  env: process.env,
  say: (line) => console.log(line),
  complain: (line) => console.error(line),
  onSignal(listener) {
    process.on('SIGTERM', listener);
    process.on('SIGINT', listener);
  },
});
