import { PLACE_FIRING } from './place-firing.lua.js';

/**
 * Puts a schedule in place of those that had its id, if nobody added or removed a schedule since they were read.
 *
 * KEYS[1] repeat  KEYS[2] suspended
 * ARGV[1] base key  ARGV[2] the members of repeat as they were read, in order, joined by line feeds
 * ARGV[3] id of the schedule  ARGV[4] its member  ARGV[5] what its firings' ids begin with  ARGV[6] first slot
 * ARGV[7] name  ARGV[8] data  ARGV[9] options  ARGV[10] timestamp  ARGV[11] delay  ARGV[12] priority
 * then in turn: a member to replace, the id of its pending firing or '' to leave the firing where it is
 *
 * Reply: 1, or 0 when it must be read again.
 * Bills 11 commands, and 3 for each replaced member.
 */
export const REPLACE_SCHEDULE = `
${PLACE_FIRING}
local base = ARGV[1]
if table.concat(redis.call('ZRANGE', KEYS[1], 0, -1), '\\n') ~= ARGV[2] then return 0 end
for n = 13, #ARGV, 2 do
  if ARGV[n + 1] ~= '' and not redis.call('ZSCORE', base .. 'delayed', ARGV[n + 1]) then return 0 end
end
for n = 13, #ARGV, 2 do
  redis.call('ZREM', KEYS[1], ARGV[n])
  if ARGV[n + 1] ~= '' then
    redis.call('ZREM', base .. 'delayed', ARGV[n + 1])
    redis.call('DEL', base .. ARGV[n + 1])
  end
end
redis.call('HDEL', KEYS[2], ARGV[3])
redis.call('ZADD', KEYS[1], ARGV[6], ARGV[4])
placeFiring(base, ARGV[5] .. ARGV[6], tonumber(ARGV[6]), unpack(ARGV, 7, 12))
return 1
`;
