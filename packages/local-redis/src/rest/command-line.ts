import { parseArgs } from 'node:util';
import { InvalidRestOptionError, type RedisGoneError } from './errors.js';
import { parseRedisUrl } from './redis-address.js';
import { startRestEndpoint, type StartRestEndpointOptions } from './rest-endpoint.js';

/** What the command line asks for. */
export type CommandLine =
  | { readonly asks: 'help' }
  /** The message says what is wrong with it. */
  | { readonly asks: 'nothing'; readonly error: string }
  | { readonly asks: 'start'; readonly options: StartRestEndpointOptions };

export const HELP = `switchyard-rest: Upstash's REST protocol in front of any Redis

  switchyard-rest --redis-url redis://127.0.0.1:6379 --port 8079

  --redis-url URL         redis://[user][:password]@host[:port][/database], rediss:// for TLS
                          (REDIS_URL; default redis://127.0.0.1:6379)
  --token TOKEN           what clients have to show (UPSTASH_REDIS_REST_TOKEN; default: a new one, printed)
  --read-only-token TOKEN for clients that may only read (UPSTASH_REDIS_REST_READ_ONLY_TOKEN; default: none)
  --host ADDRESS          where to listen (default 127.0.0.1: this machine only)
  --port PORT             (default 8079; 0 takes a free one)
  --max-body-mb MB        larger requests are refused (default 10)
  --latency-ms MS         added to every request, for tests (default 0)
  --help

Give secrets in the environment: arguments are seen by everybody on the machine.
Tokens travel as they are. Beyond this machine, put something in front that speaks TLS.
`;

const OPTIONS = {
  'redis-url': { type: 'string' },
  token: { type: 'string' },
  'read-only-token': { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  'max-body-mb': { type: 'string' },
  'latency-ms': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Reads arguments, then the environment. An empty variable counts as none. */
export function readCommandLine(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): CommandLine {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS });
    if (values.help) return { asks: 'help' };
    const maxBodyMb = numberOf('--max-body-mb', values['max-body-mb'] ?? '10');
    return {
      asks: 'start',
      options: {
        redisUrl: values['redis-url'] ?? (env.REDIS_URL || 'redis://127.0.0.1:6379'),
        token: values.token ?? (env.UPSTASH_REDIS_REST_TOKEN || undefined),
        readOnlyToken: values['read-only-token'] ?? (env.UPSTASH_REDIS_REST_READ_ONLY_TOKEN || undefined),
        host: values.host,
        port: numberOf('--port', values.port ?? '8079'),
        maxBodyBytes: Math.round(maxBodyMb * 1_000_000),
        faults: { latencyMs: numberOf('--latency-ms', values['latency-ms'] ?? '0') },
      },
    };
  } catch (error) {
    return { asks: 'nothing', error: (error as Error).message };
  }
}

function numberOf(option: string, text: string): number {
  const number = Number(text);
  if (text.trim() === '' || Number.isNaN(number)) throw new TypeError(`${option}: "${text}" is not a number`);
  return number;
}

/** What the program needs of the process it runs in. */
export interface ProgramSurroundings {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  say(line: string): void;
  complain(line: string): void;
  /** Calls back at each SIGTERM and SIGINT. */
  onSignal(listener: () => void): void;
}

/** Runs until it is told to stop. @returns the exit code: 2 when the command line or an option is wrong, else 1 or 0 */
export async function runCommandLine(surroundings: ProgramSurroundings): Promise<number> {
  const { args, env, say, complain, onSignal } = surroundings;
  const line = readCommandLine(args, env);
  if (line.asks === 'help') {
    say(HELP);
    return 0;
  }
  if (line.asks === 'nothing') {
    complain(`switchyard-rest: ${line.error}\nSee switchyard-rest --help.`);
    return 2;
  }
  try {
    await serve(line.options, { say, complain, onSignal });
    return 0;
  } catch (error) {
    complain(`switchyard-rest: ${(error as Error).message}`);
    return error instanceof InvalidRestOptionError ? 2 : 1;
  }
}

async function serve(
  options: StartRestEndpointOptions,
  { say, complain, onSignal }: Pick<ProgramSurroundings, 'say' | 'complain' | 'onSignal'>,
): Promise<void> {
  const { host, port, database } = parseRedisUrl(options.redisUrl);
  let wasGone = false;
  const onRedisChange = (error: RedisGoneError | undefined) => {
    if (error) complain(`Redis is not there: ${error.message}. Requests get a 503 until it is.`);
    else if (wasGone) complain('Redis is there again.');
    wasGone = error !== undefined;
  };
  const endpoint = await startRestEndpoint({ ...options, onRedisChange, keepsProcessAlive: true });
  say(`Listening on ${endpoint.url}, in front of ${host}:${port}, database ${database}.`);
  if (options.token === undefined) say(`Token, until it stops: ${endpoint.token}`);
  if (!isLoopback(options.host ?? '127.0.0.1')) {
    complain('It listens beyond this machine, and tokens travel as they are: put TLS in front of it.');
  }
  await new Promise<void>((resolve, reject) => {
    let isStopping = false;
    onSignal(() => {
      // Who asks twice does not want to wait.
      endpoint.stop({ isGraceful: !isStopping }).then(resolve, reject);
      isStopping = true;
    });
  });
}

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.');
