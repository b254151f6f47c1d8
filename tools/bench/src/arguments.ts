/** What somebody typed makes no sense; the message says what does. */
export class UsageError extends Error {
  readonly code = 'BENCH_USAGE';

  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

export interface Arguments {
  readonly benchmark: string;
  readonly json: boolean;
  readonly check: boolean;
  readonly quick: boolean;
}

export interface Named {
  readonly name: string;
  readonly description: string;
}

const FLAGS: readonly Named[] = [
  { name: '--json', description: 'print one JSON document instead of a table' },
  { name: '--check', description: 'print the limits as a table; exit 1 when one is missed' },
  { name: '--quick', description: 'smoke run of the machinery: figures mean nothing, limits are not judged' },
];

/**
 * Reads `<benchmark> [--json] [--check] [--quick]`, in any order.
 *
 * @throws {UsageError} for an unknown name or flag, for no name or several, and for `--quick --check`.
 */
export function parseArguments(argv: readonly string[], benchmarks: readonly Named[]): Arguments {
  const fail = (problem: string) => new UsageError(`${problem}\n\n${usage(benchmarks)}`);
  const names = argv.filter((argument) => !argument.startsWith('-'));
  const flags = argv.filter((argument) => argument.startsWith('-'));
  for (const flag of flags) {
    if (!FLAGS.some(({ name }) => name === flag)) throw fail(`Unknown flag ${JSON.stringify(flag)}.`);
  }
  const [name, ...more] = names;
  if (name === undefined) throw fail('Which benchmark?');
  if (more.length > 0) throw fail(`One benchmark at a time, not ${names.join(' and ')}.`);
  if (!benchmarks.some((benchmark) => benchmark.name === name)) {
    throw fail(`Unknown benchmark ${JSON.stringify(name)}.`);
  }
  const [json, check, quick] = FLAGS.map((flag) => flags.includes(flag.name)) as [boolean, boolean, boolean];
  if (quick && check) throw fail('--quick measures too little to be checked: leave out one of the two.');
  return { benchmark: name, json, check, quick };
}

export function usage(benchmarks: readonly Named[]): string {
  const rows = (entries: readonly Named[]) =>
    entries.map(({ name, description }) => `  ${name.padEnd(10)} ${description}`);
  return [
    'Usage: npm run bench -- <benchmark> [--json] [--check] [--quick]',
    '',
    'Benchmarks:',
    ...rows(benchmarks),
    'Flags:',
    ...rows(FLAGS),
  ].join('\n');
}
