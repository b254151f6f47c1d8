import type { HttpRedis, RedisCommand } from '@switchyard/http-redis';

/** A call that a spec holds back. */
export interface Hold {
  /** Resolves when there is such a call: on its way to Redis, or with its reply on the way back. */
  readonly isReached: Promise<void>;
  release(): void;
}

export interface HeldRedis {
  readonly redis: HttpRedis;
  /** Holds the next call whose first command is `command` before it is sent. */
  holdRequest(command: string): Hold;
  /** Lets the next such call through, and holds what Redis answered. */
  holdReply(command: string): Hold;
}

interface Held extends Hold {
  readonly command: string;
  readonly at: 'request' | 'reply';
  reach(): Promise<void>;
}

/** A client whose calls arrive in whatever order a spec says, as HTTP requests may. */
export function holdable(redis: HttpRedis): HeldRedis {
  const holds: Held[] = [];

  const hold = (command: string, at: Held['at']): Hold => {
    let reached: () => void = () => undefined;
    let release: () => void = () => undefined;
    const isReached = new Promise<void>((resolve) => (reached = resolve));
    const isReleased = new Promise<void>((resolve) => (release = resolve));
    const reach = () => {
      reached();
      return isReleased;
    };
    holds.push({ command, at, isReached, release, reach });
    return { isReached, release };
  };

  const take = (command: string, at: Held['at']) => {
    const index = holds.findIndex((held) => held.command === command && held.at === at);
    return index < 0 ? undefined : holds.splice(index, 1)[0];
  };

  const through = async <T>(command: string, send: () => Promise<T>): Promise<T> => {
    await take(command, 'request')?.reach();
    const atReply = take(command, 'reply');
    const reply = await send();
    await atReply?.reach();
    return reply;
  };

  const wrap = (inner: HttpRedis): HttpRedis => ({
    ...inner,
    command: <T>(command: RedisCommand) => through(command[0], () => inner.command(command)) as Promise<T>,
    pipeline: (commands, options) =>
      through(commands.at(-1)?.[0] ?? '', () => inner.pipeline(commands, options)),
    getMany: (keys, options) => through('MGET', () => inner.getMany(keys, options)),
    deletePattern: (pattern, options) => through('SCAN', () => inner.deletePattern(pattern, options)),
    with: (options) => wrap(inner.with(options)),
  });

  return {
    redis: wrap(redis),
    holdRequest: (command) => hold(command, 'request'),
    holdReply: (command) => hold(command, 'reply'),
  };
}
