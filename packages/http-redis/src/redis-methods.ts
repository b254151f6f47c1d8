import type { CallOptions } from './call-options.js';
import { settingsOf, type CallSettings } from './call-settings.js';
import type { CallRequest, Reply } from './call-report.js';
import type { Caller } from './caller.js';
import { checkedWhole, shownValue } from './checked-number.js';
import { InvalidRedisOptionError } from './errors.js';
import type { HttpRedis, RedisCommand, RedisReply } from './http-redis.js';
import type { RedisScript } from './redis-script.js';

/** The methods of a client over its calls, with defaults of its own. */
export function createMethods(
  caller: Caller,
  defaults: CallSettings,
  { health, close }: Pick<HttpRedis, 'health' | 'close'>,
): HttpRedis {
  function call<T>(
    request: CallRequest,
    options: CallOptions | undefined,
    read: (replies: readonly Reply[]) => T,
  ) {
    return checked(() => caller.call(request, settingsOf(options, defaults), read));
  }

  function one<T>(
    command: RedisCommand,
    options: CallOptions | undefined,
    read: (reply: RedisReply) => T,
  ): Promise<T> {
    return call({ commands: [command] }, options, ([first]) => read(replyOf(first)));
  }

  async function removePattern(pattern: string, batchSize: number, options: CallOptions | undefined) {
    if (!/^(\\.|[^*?[\]\\])/s.test(pattern)) {
      throw new InvalidRedisOptionError('pattern', 'one that begins with a wildcard', 'a literal beginning');
    }
    let removed = 0;
    let cursor = '0';
    do {
      const scan: RedisCommand = ['SCAN', cursor, 'MATCH', pattern, 'COUNT', batchSize];
      const [next, keys] = await one(scan, options, as<[string | number, string[]]>);
      if (keys.length > 0) removed += await one(['UNLINK', ...keys], options, as<number>);
      cursor = String(next);
    } while (cursor !== '0');
    return removed;
  }

  return {
    command: <T>(command: RedisCommand, options?: CallOptions) => one(command, options, as<T>),
    pipeline(commands, options) {
      if (commands.length === 0) return Promise.resolve([]);
      return call({ commands }, options, (replies) => [...replies]);
    },
    transaction(commands, options) {
      if (commands.length === 0) return Promise.resolve([]);
      return call({ commands, isTransaction: true }, options, (replies) => replies.map(replyOf));
    },
    script<T>(
      script: RedisScript,
      keys: readonly string[],
      args: readonly (string | number)[],
      options?: CallOptions,
    ) {
      const commands: RedisCommand[] = [['EVALSHA', script.sha1, keys.length, ...keys, ...args]];
      return call({ commands, script }, options, ([first]) => as<T>(replyOf(first)));
    },

    get: (key, options) => one(['GET', key], options, as<string | null>),
    getMany(keys, options) {
      if (keys.length === 0) return Promise.resolve([]);
      return one(['MGET', ...keys], options, as<(string | null)[]>);
    },
    set(key, value, options) {
      const command: [string, ...(string | number)[]] = ['SET', key, value];
      return checked(() => {
        if (options?.ttlSeconds !== undefined) command.push('EX', checkedTtl(options.ttlSeconds));
        if (options?.when !== undefined) command.push(conditionOf(options.when));
        return one(command, options, (reply) => reply === 'OK');
      });
    },
    del(keys, options) {
      if (keys.length === 0) return Promise.resolve(0);
      return one(['DEL', ...keys], options, as<number>);
    },
    exists: (key, options) => one(['EXISTS', key], options, (reply) => reply === 1),
    expire: (key, ttlSeconds, options) =>
      checked(() => one(['EXPIRE', key, checkedTtl(ttlSeconds)], options, (reply) => reply === 1)),
    deletePattern: (pattern, options) =>
      checked(() =>
        removePattern(pattern, checkedWhole('batchSize', options?.batchSize ?? 500, 1, 10_000), options),
      ),
    zadd(key, members, options) {
      if (members.length === 0) return Promise.resolve(0);
      const pairs = members.flatMap(({ score, member }) => [decimal(score), member]);
      return one(['ZADD', key, ...pairs], options, as<number>);
    },
    zcard: (key, options) => one(['ZCARD', key], options, as<number>),
    zremrangebyscore: (key, min, max, options) =>
      one(['ZREMRANGEBYSCORE', key, decimal(min), decimal(max)], options, as<number>),

    with: (more) =>
      createMethods(caller, settingsOf(more, defaults), { health, close: () => Promise.resolve() }),
    health,
    close,
  };
}

/** What is wrong with an argument rejects, as everything else does. */
function checked<T>(call: () => Promise<T>): Promise<T> {
  try {
    return call();
  } catch (error) {
    return Promise.reject<T>(error);
  }
}

function checkedTtl(ttlSeconds: number): number {
  return checkedWhole('ttlSeconds', ttlSeconds, 1, 9_999_999_999);
}

function conditionOf(when: unknown): 'NX' | 'XX' {
  if (when === 'absent') return 'NX';
  if (when === 'present') return 'XX';
  throw new InvalidRedisOptionError('when', shownValue(when), '"absent" or "present"');
}

/** Redis has words for what JSON has not. */
function decimal(score: number | string): number | string {
  if (score === Infinity) return '+inf';
  return score === -Infinity ? '-inf' : score;
}

/** What a command answers is known to whoever asks it. */
function as<T>(reply: RedisReply): T {
  return reply as T;
}

function replyOf(reply: Reply | undefined): RedisReply {
  if (reply === undefined) return null;
  if ('error' in reply) throw reply.error;
  return reply.reply;
}
