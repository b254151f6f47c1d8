/** What the command was asked for. */
export interface WorldArguments {
  readonly seed: number;
  /** `given`: on the server that `DATABASE_URL` names, in a database that is made for it. */
  readonly database: 'embedded' | 'server' | 'given';
  readonly databaseUrl?: string;
  readonly asJson: boolean;
}

/** An argument that is none; its message is one line for the user. */
export class ArgumentError extends Error {
  readonly code = 'ERR_WORLD_ARGUMENT';
  constructor(
    readonly value: string,
    readonly allowed: string,
  ) {
    super(`"${value}" is not allowed: ${allowed}`);
  }
}

const USAGE = 'the world takes --seed=N, --database=embedded or server, and --json';
const MAX_SEED = 2 ** 31 - 1;

/**
 * Reads `--seed=N` (0 to 2147483647, default 7), `--database=embedded|server` and `--json`. `DATABASE_URL` counts where
 * no database is named.
 *
 * @throws ArgumentError
 */
export function readArguments(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): WorldArguments {
  let seed = 7;
  let asJson = false;
  let named: 'embedded' | 'server' | undefined;
  for (const argument of args) {
    const [name, value = ''] = argument.split(/=(.*)/s);
    if (argument === '--json') asJson = true;
    else if (name === '--seed') seed = readSeed(argument, value);
    else if (name === '--database') {
      if (value !== 'embedded' && value !== 'server')
        throw new ArgumentError(argument, '--database=embedded or --database=server');
      named = value;
    } else throw new ArgumentError(argument, USAGE);
  }
  const databaseUrl = env.DATABASE_URL?.trim();
  if (named !== undefined || !databaseUrl) return { seed, database: named ?? 'embedded', asJson };
  return { seed, database: 'given', databaseUrl, asJson };
}

function readSeed(argument: string, value: string): number {
  if (!/^\d{1,10}$/.test(value) || Number(value) > MAX_SEED)
    throw new ArgumentError(argument, `--seed= and a whole number from 0 to ${MAX_SEED}`);
  return Number(value);
}
