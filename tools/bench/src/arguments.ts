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
  readonly minutes?: number;
}

export interface Named {
  readonly name: string;
  readonly description: string;
  readonly takesMinutes?: boolean;
}

const MINUTES: Named = {
  name: '--minutes=N',
  description: 'how long to go on, 1 to 600, where that is said',
};

const FLAGS: readonly Named[] = [
  { name: '--json', description: 'print one JSON document instead of a table' },
  { name: '--check', description: 'print the limits as a table; exit 1 when one is missed' },
  { name: '--quick', description: 'smoke run of the machinery: figures mean nothing, limits are not judged' },
];

/**
 * Reads `<benchmark> [--json] [--check] [--quick] [--minutes=N]`, in any order.
 *
 * @throws {UsageError} for an unknown name or flag, for no name or several, for `--quick --check`, and for minutes that
 *   make no sense.
 */
export function parseArguments(argv: readonly string[], benchmarks: readonly Named[]): Arguments {
  const fail = (problem: string) => new UsageError(`${problem}\n\n${usage(benchmarks)}`);
  const names = argv.filter((argument) => !argument.startsWith('-'));
  const flags = argv.filter((argument) => argument.startsWith('-') && !argument.startsWith('--minutes='));
  const minutes = argv.filter((argument) => argument.startsWith('--minutes='));
  for (const flag of flags) {
    if (!FLAGS.some(({ name }) => name === flag)) throw fail(`Unknown flag ${JSON.stringify(flag)}.`);
  }
  const [name, ...more] = names;
  if (name === undefined) throw fail('Which benchmark?');
  if (more.length > 0) throw fail(`One benchmark at a time, not ${names.join(' and ')}.`);
  const benchmark = benchmarks.find((one) => one.name === name);
  if (!benchmark) throw fail(`Unknown benchmark ${JSON.stringify(name)}.`);
  const [json, check, quick] = FLAGS.map((flag) => flags.includes(flag.name)) as [boolean, boolean, boolean];
  if (quick && check) throw fail('--quick measures too little to be checked: leave out one of the two.');
  if (minutes.length === 0) return { benchmark: name, json, check, quick };
  if (!benchmark.takesMinutes) throw fail(`--minutes means nothing to ${name}.`);
  const wanted = Number(minutes.at(-1)?.slice('--minutes='.length));
  if (!(wanted >= 1 && wanted <= 600)) throw fail(`--minutes takes 1 to 600, not ${minutes.at(-1)}.`);
  return { benchmark: name, json, check, quick, minutes: wanted };
}

export function usage(benchmarks: readonly Named[]): string {
  const rows = (entries: readonly Named[]) =>
    entries.map(({ name, description }) => `  ${name.padEnd(11)} ${description}`);
  return [
    'Usage: npm run bench -- <benchmark> [--json] [--check] [--quick] [--minutes=N]',
    '',
    'Benchmarks:',
    ...rows(benchmarks),
    'Flags:',
    ...rows([...FLAGS, MINUTES]),
  ].join('\n');
}
