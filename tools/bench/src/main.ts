import { parseArguments, UsageError, type Arguments } from './arguments.js';
import { thisMachine } from './environment.js';
import { benchmarks } from './registry.js';
import { allHold, makeReport, toCheckText, toJson, toText } from './report.js';

/** Exit codes: 0 done (with `--check`: every limit holds), 1 a limit missed or the run failed, 2 wrong usage. */
async function main(argv: readonly string[]): Promise<number> {
  let args: Arguments;
  try {
    args = parseArguments(argv, benchmarks);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  const benchmark = benchmarks.find(({ name }) => name === args.benchmark);
  if (!benchmark) throw new Error(`no benchmark ${args.benchmark}`);

  const startedAt = new Date();
  const elapsedMs = () => Date.now() - startedAt.getTime();
  const result = await benchmark.run({
    quick: args.quick,
    ...(args.minutes !== undefined && { minutes: args.minutes }),
    onProgress: (line) =>
      process.stderr.write(`[${String(Math.round(elapsedMs() / 1000)).padStart(3)} s] ${line}\n`),
  });
  const report = makeReport(
    {
      benchmark: benchmark.name,
      quick: args.quick,
      startedAt: startedAt.toISOString(),
      durationMs: elapsedMs(),
      machine: thisMachine(),
    },
    result,
  );
  const print = args.json ? toJson : args.check ? toCheckText : toText;
  process.stdout.write(`${print(report)}\n`);
  return args.check && !allHold(report) ? 1 : 0;
}

// Ends by `exit`, whose listeners end what was started.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // What else is being measured does not matter any more.
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}
