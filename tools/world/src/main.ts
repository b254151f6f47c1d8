#!/usr/bin/env node
// The world: `--seed=N --database=embedded|server --json`. With `--json` stdout has one line of figures, at the end.
import { createNarrator } from './narrator.js';
import { DatabaseRefusedError } from './own-database.js';
import { ArgumentError, readArguments, type WorldArguments } from './read-arguments.js';
import { runWorld } from './run-world.js';

class Interrupted extends Error {
  constructor(readonly exitCode: number) {
    super('interrupted');
  }
}

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

process.exitCode = await main();

async function main(): Promise<number> {
  let args: WorldArguments;
  try {
    args = readArguments(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  const interruption = new AbortController();
  for (const [signal, number] of Object.entries(SIGNAL_NUMBERS))
    process.on(signal, () => interruption.abort(new Interrupted(128 + number)));

  const output = args.asJson ? process.stderr : process.stdout;
  const narrator = createNarrator(
    (text) => void output.write(text),
    output.isTTY === true && !process.env.NO_COLOR,
  );
  try {
    const result = await runWorld(args, narrator, interruption.signal);
    const failed = result.checks.filter(({ ok }) => !ok).length;
    narrator.line();
    narrator.verdict(
      result.ok,
      `${result.checks.length - failed} of ${result.checks.length} checks hold, after ${(result.durationMs / 1000).toFixed(1)} s. Everything is closed again.`,
    );
    if (args.asJson) process.stdout.write(`${JSON.stringify(result)}\n`);
    return result.ok ? 0 : 1;
  } catch (error) {
    const { reason } = interruption.signal;
    if (reason instanceof Interrupted) {
      process.stderr.write('\n  Interrupted; everything is closed again.\n');
      return reason.exitCode;
    }
    process.stderr.write(
      error instanceof DatabaseRefusedError
        ? `${error.message}\n`
        : `The world could not go on: ${error instanceof Error ? error.stack : String(error)}\n`,
    );
    return 1;
  }
}
