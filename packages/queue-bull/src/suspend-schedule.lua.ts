import { TAKE_FIRING } from './place-firing.lua.js';

/**
 * Takes a schedule and its pending firing away together and keeps both in the side hash.
 *
 * When that firing has been started already, the schedule waits for the next slot.
 *
 * KEYS[1] repeat  KEYS[2] suspended
 * ARGV[1] base key  ARGV[2] id of the schedule  ARGV[3] its member  ARGV[4] what its firings' ids begin with
 * ARGV[5] the slot it was read with
 * ARGV[6] what to keep (JSON) if the firing of that slot has not started  ARGV[7] if it has, or '' when it was the last
 *
 * Reply: 1 taken before it started, 2 it had started, 0 must be read again.
 * Bills 4 to 11 commands.
 */
export const SUSPEND_SCHEDULE = `
${TAKE_FIRING}
local base, member = ARGV[1], ARGV[3]
if redis.call('ZSCORE', KEYS[1], member) ~= ARGV[5] then return 0 end
local jobId = ARGV[4] .. ARGV[5]
local kept = cjson.decode(ARGV[6])
local stored = redis.call('HMGET', base .. jobId, 'data', 'opts')
if stored[1] ~= kept.data or stored[2] ~= kept.opts then return 0 end
redis.call('ZREM', KEYS[1], member)
if takeFiring(base, jobId) then
  redis.call('HSET', KEYS[2], ARGV[2], ARGV[6])
  return 1
end
if ARGV[7] ~= '' then redis.call('HSET', KEYS[2], ARGV[2], ARGV[7]) end
return 2
`;
