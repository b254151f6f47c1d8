import type { CallOptions } from './call-options.js';
import { settle, type CallSettings } from './call-settings.js';
import type { Caller, CallRequest, Reply } from './caller.js';
import { InvalidRedisOptionError } from './errors.js';
import type { HttpRedis, HttpRedisHealth, RedisCommand, RedisReply } from './http-redis.js';
import type { RedisScript } from './redis-script.js';

/** The methods of a client over its calls, with defaults of its own. */
export function createMethods(
  caller: Caller,
  defaults: CallSettings,
  health: () => HttpRedisHealth,
  close: () => Promise<void>,
): HttpRedis {
  function call<T>(
    request: CallRequest,
    options: CallOptions | undefined,
    read: (replies: readonly Reply[]) => T,
  ) {
    try {
      return caller.call(request, settle(options, defaults), read);
    } catch (error) {
      return Promise.reject<T>(error);
    }
  }

  function one<T>(
    command: RedisCommand,
    options: CallOptions | undefined,
    read: (reply: RedisReply) => T,
  ): Promise<T> {
    return call({ commands: [command] }, options, ([first]) => read(replyOf(first)));
  }

  const methods: HttpRedis = {
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
      if (options?.ttlSeconds !== undefined) command.push('EX', options.ttlSeconds);
      if (options?.when !== undefined) command.push(options.when === 'absent' ? 'NX' : 'XX');
      return one(command, options, (reply) => reply === 'OK');
    },
    del(keys, options) {
      if (keys.length === 0) return Promise.resolve(0);
      return one(['DEL', ...keys], options, as<number>);
    },
    exists: (key, options) => one(['EXISTS', key], options, (reply) => reply === 1),
    expire: (key, ttlSeconds, options) => one(['EXPIRE', key, ttlSeconds], options, (reply) => reply === 1),
    async deletePattern(pattern, options) {
      if (!/^[^*?[\]\\]/.test(pattern)) {
        throw new InvalidRedisOptionError(
          'pattern',
          'one that begins with a wildcard',
          'a beginning of the keys meant',
        );
      }
      let removed = 0;
      let cursor = '0';
      do {
        const scan: RedisCommand = ['SCAN', cursor, 'MATCH', pattern, 'COUNT', options?.batchSize ?? 500];
        const [next, keys] = await one(scan, options, as<[string, string[]]>);
        cursor = String(next);
        if (keys.length > 0) removed += await one(['UNLINK', ...keys], options, as<number>);
      } while (cursor !== '0');
      return removed;
    },
    zadd(key, members, options) {
      if (members.length === 0) return Promise.resolve(0);
      const pairs = members.flatMap(({ score, member }) => [score, member]);
      return one(['ZADD', key, ...pairs], options, as<number>);
    },
    zcard: (key, options) => one(['ZCARD', key], options, as<number>),
    zremrangebyscore: (key, min, max, options) =>
      one(['ZREMRANGEBYSCORE', key, min, max], options, as<number>),

    with: (more) => createMethods(caller, settle(more, defaults), health, () => Promise.resolve()),
    health,
    close,
  };
  return methods;
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
