import type { RedisCommand } from './http-redis.js';

/** A first word that names the kind of an error. */
const CODE = /^-?([A-Z][A-Z0-9_]{1,31})\b/;

/** Texts of Redis and Upstash that repeat nothing of the call. Others may, so they are withheld. */
const HARMLESS = [
  /^WRONGTYPE Operation against a key holding the wrong kind of value$/,
  /^ERR syntax error$/,
  /^ERR no such key$/,
  /^ERR index out of range$/,
  /^ERR value is not an integer or out of range$/,
  /^ERR value is not a valid float$/,
  /^ERR min or max is not a float$/,
  /^ERR (increment or decrement would overflow|increment would produce NaN or Infinity)$/,
  /^ERR invalid expire time in '[\w|]+' command$/,
  /^ERR invalid cursor$/,
  /^ERR string exceeds maximum allowed size \([\w -]+\)$/,
  /^ERR wrong number of arguments for '[\w|.]+' command$/,
  /^ERR max (daily |monthly )?(requests?|request size|bandwidth|storage|db size)[a-z ]*( exceeded)?\. Limit: \d+[^"']*$/i,
  /^OOM command not allowed when used memory > 'maxmemory'\.?$/,
  /^(NOSCRIPT No matching script\. Please use EVAL\.|LOADING Redis is loading the dataset in memory)$/,
  /^READONLY You can't write against a read only replica\.$/,
  /^BUSY Redis is busy running a script\./,
  /^EXECABORT Transaction discarded because of previous errors\.$/,
  /^NOPERM this user has no permissions to run the '[\w|.]+' command( or its subcommand)?$/i,
  /^NOGROUP|^BUSYGROUP Consumer Group name already exists$/,
];

/** What may be told of an error that Redis answered. */
export function describeRefusal(
  text: string,
  commands: readonly RedisCommand[],
): { readonly redisCode: string; readonly text: string } {
  const redisCode = codeOf(text, commands);
  const isHarmless = HARMLESS.some((pattern) => pattern.test(text.trim()));
  if (isHarmless && redisCode !== null) return { redisCode, text: text.trim() };
  return {
    redisCode: redisCode ?? 'ERR',
    text: `${redisCode ?? 'ERR'} (the rest is withheld, it may repeat an argument)`,
  };
}

/** A script may put an argument first. */
function codeOf(text: string, commands: readonly RedisCommand[]): string | null {
  const code = CODE.exec(text.trim())?.[1];
  if (code === undefined) return null;
  const isRepeated = commands.some((command) =>
    command.some((each, at) => at > 0 && String(each).includes(code)),
  );
  return isRepeated && !/^(ERR|WRONGTYPE|NOSCRIPT|OOM|NOPERM|READONLY)$/.test(code) ? null : code;
}
