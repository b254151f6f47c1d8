import type { CallOptions, HttpRedis, RedisCommand } from '@switchyard/http-redis';

/**
 * Decides what happens next: everything that could happen waits here, and one at a time is let go, whichever chance has
 * it. As long as real work is under way, it waits for that, so that the same chance makes the same history.
 */
export interface Fate {
  /** Resolves when its turn has come. */
  turn(): Promise<void>;
  /** Real work, such as a call of Redis. */
  work<T>(work: () => Promise<T>): Promise<T>;
  /** True once in so many times. */
  happens(onceIn: number): boolean;
  /** Lets things happen until nothing waits any more. */
  run(): Promise<void>;
}

/** @param chance any whole numbers from 0, used one after the other and then again */
export function createFate(chance: readonly number[]): Fate {
  const waiting: (() => void)[] = [];
  let working = 0;
  let drawn = 0;

  const draw = () => chance[drawn++ % chance.length] ?? 0;

  /** All that follows from what has happened, up to where it waits again. */
  const settle = async () => {
    do await new Promise((resolve) => setImmediate(resolve));
    while (working > 0);
  };

  return {
    turn: () => new Promise<void>((resolve) => waiting.push(resolve)),
    async work(work) {
      working++;
      try {
        return await work();
      } finally {
        working--;
      }
    },
    happens: (onceIn) => draw() % onceIn === onceIn - 1,
    async run() {
      for (await settle(); waiting.length > 0; await settle()) {
        const at = draw() % waiting.length;
        waiting.splice(at, 1)[0]?.();
      }
    },
  };
}

/**
 * A client whose requests and replies overtake each other as fate has it, but for those with the same `orderKey`. Once in
 * `failsOnceIn` calls it fails, half of the time after Redis did what was asked.
 */
export function shuffled(redis: HttpRedis, fate: Fate, failsOnceIn = Infinity): HttpRedis {
  const lines = new Map<string, Promise<unknown>>();

  const inTurn = async <T>(send: () => Promise<T>): Promise<T> => {
    await fate.turn();
    const fails = failsOnceIn !== Infinity && fate.happens(failsOnceIn);
    if (fails && fate.happens(2)) throw new Error('lost on its way');
    const reply = await fate.work(send);
    await fate.turn();
    if (fails) throw new Error('lost on its way back');
    return reply;
  };
  const through = <T>({ orderKey }: CallOptions = {}, send: () => Promise<T>): Promise<T> => {
    if (orderKey === undefined) return inTurn(send);
    const end = (lines.get(orderKey) ?? Promise.resolve()).catch(() => undefined).then(() => inTurn(send));
    lines.set(orderKey, end);
    return end;
  };
  return {
    ...redis,
    command: <T>(command: RedisCommand, options?: CallOptions) =>
      through(options, () => redis.command(command)) as Promise<T>,
    pipeline: (commands, options) => through(options, () => redis.pipeline(commands)),
    getMany: (keys, options) => through(options, () => redis.getMany(keys)),
    deletePattern: (pattern, options) => through(options, () => redis.deletePattern(pattern)),
    with: (options) => shuffled(redis.with(options), fate, failsOnceIn),
  };
}
