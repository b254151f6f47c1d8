import type { Redis } from 'ioredis';

/** Runs a script by its hash, after the first time on a connection. */
export type RunScript = (
  lua: string,
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<unknown>;

type Command = (...args: (string | number)[]) => Promise<unknown>;

/** @param client gets a command per script */
export function createRunScript(client: Redis): RunScript {
  const names = new Map<string, string>();
  return (lua, keys, args) => {
    let name = names.get(lua);
    if (name === undefined) {
      name = `switchyard${names.size}`;
      names.set(lua, name);
      client.defineCommand(name, { lua });
    }
    const run = (client as unknown as Record<string, Command>)[name] as Command;
    return run.call(client, keys.length, ...keys, ...args);
  };
}
