import type { HttpRedis, RedisScript } from '@switchyard/http-redis';
import type { Redis } from 'ioredis';

/** A clock of the server that a test sets. */
export interface ServerClock {
  nowMs: number;
}

/** Far ahead of the real clock, so that Redis itself never expires what is written by this one. */
export const LATER_MS = Date.now() + 10_000 * 86_400_000;

const STAMP = `
local function virtualNow() return tonumber(ARGV[#ARGV]) end
local function stamp(key)
  local last = 0
  if redis.call('EXISTS', key) == 1 then
    local info = redis.call('XINFO', 'STREAM', key)
    for at = 1, #info, 2 do
      if info[at] == 'last-generated-id' then last = tonumber(string.match(info[at + 1], '^%d+')) end
    end
  end
  return string.format('%.0f', math.max(virtualNow(), last)) .. '-*'
end
local function virtualTime()
  return { math.floor(virtualNow() / 1000), (virtualNow() % 1000) * 1000 }
end
`;

/**
 * Runs scripts on a real Redis whose time is the test's: where XADD and TIME would read the server's clock they read this
 * one, by the same rules (ids never go back), and keys go when it has passed their expiry.
 */
export function virtualRedis(redis: Redis, clock: ServerClock): HttpRedis {
  const texts = new Map<string, string>();

  const virtualText = ({ sha1, lua }: RedisScript): string => {
    const known = texts.get(sha1);
    if (known) return known;
    const parts = lua.split("'*'");
    const timed = parts.join('stamp(limit.key)').split("call('TIME')");
    // A script that asks otherwise would run on the real clock unnoticed.
    if (parts.length !== 2 || timed.length !== 2)
      throw new Error('where the script reads the clock has changed');
    const text = STAMP + timed.join('(function() billed = billed + 1 return virtualTime() end)()');
    texts.set(sha1, text);
    return text;
  };

  const virtual: Pick<HttpRedis, 'script' | 'del'> = {
    async script(script, keys, args) {
      for (const key of keys) {
        const expiresMs = await redis.pexpiretime(key);
        if (expiresMs > 0 && clock.nowMs > expiresMs) await redis.del(key);
      }
      const reply = await redis.eval(virtualText(script), keys.length, ...keys, ...args, clock.nowMs);
      return reply as never;
    },
    del: (keys) => redis.del(...keys),
  };
  return virtual as HttpRedis;
}
