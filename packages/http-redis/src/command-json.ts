import { InvalidRedisOptionError } from './errors.js';
import type { RedisCommand } from './http-redis.js';

/** JSON escapes halves of surrogate pairs and no other letters so; a text may hold the same signs. */
const HALF_PAIR_IN_JSON = '\\ud';

/** @throws InvalidRedisOptionError for what is no command; it shows no argument */
export function commandJson(command: RedisCommand): string {
  const [name] = command;
  if (typeof name !== 'string' || !/^[A-Za-z][\w.-]{0,63}$/.test(name)) {
    throw new InvalidRedisOptionError(
      'command',
      'without the name of one',
      'a name, then arguments of their own',
    );
  }
  let hasNumbers = false;
  for (let at = 1; at < command.length; at += 1) {
    const each: unknown = command[at];
    if (typeof each === 'string') continue;
    if (typeof each === 'number' && Number.isFinite(each)) {
      hasNumbers = true;
      continue;
    }
    throw new InvalidRedisOptionError(
      `argument ${at} of ${name.toUpperCase()}`,
      typeof each === 'number' ? String(each) : `of type ${each === null ? 'null' : typeof each}`,
      'strings and finite numbers',
    );
  }
  // As text, so that no server's own numbers come between.
  const json = JSON.stringify(hasNumbers ? command.map(String) : command);
  if (json.includes(HALF_PAIR_IN_JSON)) refuseHalfPairs(name, command);
  return json;
}

/** In UTF-8 all of them are one and the same sign, so that different keys would become one. */
function refuseHalfPairs(name: string, command: RedisCommand): void {
  const at = command.findIndex((each) => /\p{Surrogate}/u.test(String(each)));
  if (at === -1) return;
  throw new InvalidRedisOptionError(
    `argument ${at} of ${name.toUpperCase()}`,
    'a string with half a surrogate pair',
    'well-formed Unicode',
  );
}
