#!/usr/bin/env node
// The world: `--seed=N`, `--database=embedded` or `server`, `--json`.
import { Interrupted, runCommand } from './run-command.js';

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

const interruption = new AbortController();
for (const [signal, number] of Object.entries(SIGNAL_NUMBERS))
  process.on(signal, () => interruption.abort(new Interrupted(128 + number)));

process.exitCode = await runCommand({
  args: process.argv.slice(2),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interruption.signal,
});
