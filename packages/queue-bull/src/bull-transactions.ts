import type { ChainableCommander, Redis } from 'ioredis';

/**
 * What Bull groups in a MULTI, and what becomes of each here. A script in a MULTI that the server has forgotten
 * (SCRIPT FLUSH, a fail-over) is an error in the middle of replies that Bull does not look at, and its neighbours
 * have taken effect: jobs added in bulk vanish, failed attempts are not recorded and their jobs run again. So no
 * script goes out in a MULTI here.
 *
 * - Reads (counts, ranges, logs, `isPaused`) stay a MULTI: without one a job on its way from one place to another would be
 *   counted twice or not at all.
 * - A failed attempt (its stack trace and count, and then the job's move to the delayed, waiting or failed ones) must
 *   be one step: a worker killed in between would leave an attempt counted that is made again, and another worker could
 *   take the job with its old count. Both scripts are joined to one, which the client sends again when it was
 *   forgotten. The move comes first: a worker whose lock is gone then leaves the count of its successor alone.
 * - `addBulk` is one script a job with nothing between them that has to agree. They go out as a pipeline; whoever dies in
 *   the middle has added the first ones, which is what the port promises of `addMany`.
 * - `empty` is not used: it deletes lists in one step and their jobs in another.
 */
export function createBullTransactions(client: Redis): Redis['multi'] {
  const transaction = client.multi.bind(client) as (calls: unknown[][]) => ChainableCommander;
  const scripts = new Map<string, BullScript>();
  const { defineCommand } = client;
  client.defineCommand = (name, definition) => {
    scripts.set(name, { lua: definition.lua, keys: definition.numberOfKeys ?? 0 });
    defineCommand.call(client, name, definition);
  };

  async function exec(calls: readonly Call[]): Promise<Replies> {
    const [first, second, ...more] = calls;
    if (!calls.some(({ name }) => scripts.has(name))) {
      return checked(await transaction(calls.map(({ name, args }) => [name, ...args])).exec());
    }
    if (first?.name === SAVE_ATTEMPT && second && more.length === 0) {
      return [[null, await runJoined(second, first)]];
    }
    const pipeline = client.pipeline();
    for (const { name, args } of calls) commandOf(pipeline, name)(...args);
    return checked(await pipeline.exec());
  }

  function runJoined(move: Call, save: Call): Promise<unknown> {
    const [moving, saving] = [scripts.get(move.name), scripts.get(save.name)];
    if (!moving || !saving) throw new Error(`Bull has no script ${move.name} or ${save.name}`);
    const [moveArgs, saveArgs] = [move.args.flat(), save.args.flat()];
    const name = `${move.name}And${save.name}`;
    if (!scripts.has(name)) {
      client.defineCommand(name, { lua: join(moving, saving), numberOfKeys: moving.keys + saving.keys });
    }
    return commandOf(client, name)(
      ...moveArgs.slice(0, moving.keys),
      ...saveArgs.slice(0, saving.keys),
      moveArgs.length - moving.keys,
      ...moveArgs.slice(moving.keys),
      ...saveArgs.slice(saving.keys),
    ) as Promise<unknown>;
  }

  return (() => {
    const calls: Call[] = [];
    // Bull calls commands and its scripts by their names, and `exec` at the end.
    const recorder: object = new Proxy(
      {},
      {
        get(_, name) {
          if (name === 'exec') return () => exec(calls);
          // Awaited by mistake, it is no promise.
          if (typeof name !== 'string' || name === 'then') return undefined;
          return (...args: unknown[]) => {
            calls.push({ name, args });
            return recorder;
          };
        },
      },
    );
    return recorder;
  }) as Redis['multi'];
}

interface BullScript {
  readonly lua: string;
  readonly keys: number;
}

interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
}

type Replies = [error: Error | null, result: unknown][];

/** What Bull puts first when an attempt has failed. */
const SAVE_ATTEMPT = 'saveStacktrace';

/**
 * Runs one script and, if it did what it should (a reply of 0 or more), another.
 *
 * KEYS: those of the first, those of the second
 * ARGV[1] how many arguments the first has, then its arguments, then those of the second
 *
 * Reply: that of the first.
 */
function join(first: BullScript, second: BullScript): string {
  return `
local function first(KEYS, ARGV)
${first.lua}
end
local function second(KEYS, ARGV)
${second.lua}
end
local function part(all, from, to)
  local some = {}
  for n = from, to do some[#some + 1] = all[n] end
  return some
end
local args = tonumber(ARGV[1])
local reply = first(part(KEYS, 1, ${first.keys}), part(ARGV, 2, args + 1))
if type(reply) ~= 'number' or reply >= 0 then
  second(part(KEYS, ${first.keys + 1}, #KEYS), part(ARGV, args + 2, #ARGV))
end
return reply
`;
}

function checked(replies: Replies | null): Replies {
  const failed = replies?.find(([error]) => error !== null);
  if (failed?.[0]) throw failed[0];
  return replies ?? [];
}

function commandOf(target: object, name: string): (...args: unknown[]) => unknown {
  const command = (target as Record<string, (...args: unknown[]) => unknown>)[name];
  if (!command) throw new Error(`no command ${name}`);
  return command.bind(target);
}
