import { Redis, type Requester, type UpstashRequest, type UpstashResponse } from '@upstash/redis';
import type { CallOptions } from './call-options.js';
import { HttpRedisError, InvalidRedisOptionError } from './errors.js';
import type { HttpRedis, RedisCommand } from './http-redis.js';

export interface AsUpstashRedisOptions extends CallOptions {
  /** Whether replies that look like JSON are read as JSON, as the SDK does. Default true. */
  readonly automaticDeserialization?: boolean;
}

/**
 * The SDK's own class on top of this client, for what is written for `@upstash/redis`: the same time-outs, retries,
 * circuit, account and errors, and calls of one tick in one request. Its own retries, telemetry and automatic pipelining
 * take no part.
 *
 * What differs: `subscribe`, `psubscribe` and `monitor` are refused, since they are streams. A transaction in which Redis
 * refuses a command rejects even with `keepErrors`. Error texts that may repeat an argument are withheld. What was written
 * is read (`readYourWrites`), but the token for it cannot be had.
 *
 * @throws InvalidRedisOptionError
 */
export function asUpstashRedis(http: HttpRedis, options: AsUpstashRedisOptions = {}): Redis {
  const { automaticDeserialization = true, ...calls } = options;
  return new RedisOver(requesterOver(http.with(calls)), { automaticDeserialization });
}

/** Its constructor takes a requester or options, not both. */
class RedisOver extends Redis {
  constructor(requester: Requester, options: { readonly automaticDeserialization: boolean }) {
    super(requester);
    this.opts = options;
    this.enableTelemetry = false;
  }
}

function requesterOver(http: HttpRedis): Requester {
  async function request({ path = [], body, signal }: UpstashRequest): Promise<unknown> {
    const [kind] = path;
    if (kind === undefined) return { result: await http.command(commandOf(body), { signal }) };
    const commands = () => (body as unknown[]).map(commandOf);
    if (kind === 'pipeline') {
      const replies = await http.pipeline(commands(), { signal });
      return replies.map((each) =>
        'error' in each ? { error: textOf(each.error) } : { result: each.reply },
      );
    }
    if (kind === 'multi-exec') {
      const replies = await http.transaction(commands(), { signal });
      return replies.map((result) => ({ result }));
    }
    throw new InvalidRedisOptionError(
      'request',
      JSON.stringify(kind),
      'commands, pipelines and transactions',
    );
  }
  return { request: request as <T>(asked: UpstashRequest) => Promise<UpstashResponse<T>> };
}

/** The SDK leaves booleans to JSON. */
function commandOf(body: unknown): RedisCommand {
  return (body as unknown[]).map((each) =>
    typeof each === 'boolean' ? String(each) : each,
  ) as unknown as RedisCommand;
}

/** Without the command's name, which the SDK adds. */
function textOf(error: Error): string {
  return error instanceof HttpRedisError ? error.problem : error.message;
}
