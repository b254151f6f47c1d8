import { commandName, isScriptCall } from './command-facts.js';
import type { RedisCommand } from './http-redis.js';

/** A first word that names the kind of an error. */
const CODE = /^-?([A-Z][A-Z0-9_]{1,31})\b/;

/** Texts of Redis and Upstash, as far as they repeat nothing of the call. */
const HARMLESS = [
  /^WRONGTYPE Operation against a key holding the wrong kind of value$/,
  /^ERR (syntax error|no such key|index out of range|invalid cursor)$/,
  /^ERR value is (not an integer or out of range|out of range(, must be positive)?|not a valid float)$/,
  /^ERR (min or max is not a float|min or max not valid string range item)$/,
  /^ERR (increment or decrement would overflow|increment would produce NaN or Infinity)$/,
  /^ERR invalid expire time in '[\w|.]+' command$/,
  /^ERR wrong number of arguments for '[\w|.]+' command$/,
  /^ERR string exceeds maximum allowed size/,
  /^ERR max [a-z ]+ exceeded\. Limit: \d+( bytes)?(, (Usage|Actual): \d+( bytes)?)?/,
  /^ERR Command is not available: '[\w|.-]+'/,
  /^(BUSYGROUP Consumer Group name already exists|BUSYKEY Target key name already exists\.)$/,
  /^EXECABORT Transaction discarded because of previous errors\.$/,
  /^LOADING Redis is loading the dataset in memory$/,
  /^MISCONF Redis is configured to save RDB snapshots/,
  /^NOPERM this user has no permissions to run the '[\w|.-]+' command/i,
  /^NOSCRIPT No matching script\. Please use EVAL\.$/,
  /^OOM command not allowed when used memory > 'maxmemory'/,
  /^READONLY You can't write against a read only replica\.$/,
  /^BUSY Redis is busy running a script\./,
  /^ERR Write commands are not allowed from read-only scripts\./,
];

/** Codes of Redis, which are told even where an argument reads the same. */
const KNOWN_CODES =
  /^(ERR|WRONGTYPE|NOSCRIPT|OOM|NOPERM|READONLY|LOADING|BUSY|BUSYGROUP|BUSYKEY|EXECABORT|MISCONF|NOGROUP)$/;

/**
 * What may be told of an error that Redis answered: the text where it is known, else its code.
 *
 * @param lua of the script that was called, where it is known
 */
export function describeRefusal(
  error: string,
  commands: readonly RedisCommand[],
  lua?: string,
): { readonly redisCode: string; readonly text: string } {
  const redisCode = codeOf(error, commands, lua) ?? 'ERR';
  for (const pattern of HARMLESS) {
    const known = pattern.exec(error);
    if (known) return { redisCode, text: known[0] };
  }
  const line = /\buser_script:\s?(\d{1,6})\b/.exec(error)?.[1];
  const where = line === undefined ? '' : ` in line ${line} of the script`;
  return { redisCode, text: `${redisCode}${where} (the text is withheld, it may repeat an argument)` };
}

/** A script may put first what it was given or has found, so a code that is not in its text is none. */
function codeOf(error: string, commands: readonly RedisCommand[], lua: string | undefined): string | null {
  const code = CODE.exec(error)?.[1];
  if (code === undefined || KNOWN_CODES.test(code)) return code ?? null;
  const isForeign =
    lua === undefined ? commands.some((command) => isScriptCall(commandName(command))) : !lua.includes(code);
  const isRepeated = commands.some(([, ...args]) => args.some((each) => String(each).includes(code)));
  return isForeign || isRepeated ? null : code;
}
