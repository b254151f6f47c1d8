/** Calls per command since the server started, by lower-case name; a subcommand is `config|get`. */
export type CommandStats = ReadonlyMap<string, number>;

/**
 * What a metered Redis does not charge for. Everything else is billed, commands that a script runs inside
 * included: `INFO commandstats` counts them beside the EVALSHA that ran them.
 */
const NOT_BILLED = new Set(['auth', 'hello', 'select', 'command', 'config', 'info', 'ping', 'reset', 'quit']);

/** Reads the text of `INFO commandstats` (other sections in it are ignored). */
export function parseCommandStats(info: string): CommandStats {
  const stats = new Map<string, number>();
  for (const line of info.split(/\r?\n/)) {
    const match = /^cmdstat_([^:]+):calls=(\d+)/.exec(line);
    if (!match) continue;
    const [, name, calls] = match as unknown as [string, string, string];
    stats.set(name.toLowerCase(), Number(calls));
  }
  return stats;
}

/**
 * Calls per command between two readings of the same server, without commands that were not called.
 * A count that went down means the server restarted or its statistics were reset: then the later count stands.
 */
export function commandsBetween(before: CommandStats, after: CommandStats): CommandStats {
  const between = new Map<string, number>();
  for (const [name, calls] of after) {
    const earlier = before.get(name) ?? 0;
    const delta = calls >= earlier ? calls - earlier : calls;
    if (delta > 0) between.set(name, delta);
  }
  return between;
}

/**
 * Commands that a metered Redis would bill between two readings: all but AUTH, HELLO, SELECT, COMMAND, CONFIG,
 * INFO, PING, RESET and QUIT with their subcommands. Whoever reads with CLIENT LIST in between counts as well.
 */
export function billedCommands(before: CommandStats, after: CommandStats): number {
  let billed = 0;
  for (const [name, calls] of commandsBetween(before, after)) {
    const [command = name] = name.split('|');
    if (!NOT_BILLED.has(command)) billed += calls;
  }
  return billed;
}
