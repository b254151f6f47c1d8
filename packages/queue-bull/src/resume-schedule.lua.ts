import { PLACE_FIRING } from './place-firing.lua.js';

/**
 * Puts a suspended schedule back, its firing in the slot that was pending. A slot that has passed fires at once.
 *
 * KEYS[1] repeat  KEYS[2] suspended
 * ARGV[1] base key  ARGV[2] id of the schedule  ARGV[3] now in ms
 *
 * Reply: 1, or 0 when it is not suspended.
 * Bills 2 to 12 commands.
 */
export const RESUME_SCHEDULE = `
${PLACE_FIRING}
local text = redis.call('HGET', KEYS[2], ARGV[2])
if not text then return 0 end
redis.call('HDEL', KEYS[2], ARGV[2])
local kept = cjson.decode(text)
if redis.call('ZSCORE', KEYS[1], kept.member) then return 1 end
redis.call('ZADD', KEYS[1], kept.slot, kept.member)
local due, now = tonumber(kept.slot), tonumber(ARGV[3])
placeFiring(ARGV[1], kept.prefix .. kept.slot, due, kept.name, kept.data, kept.opts,
  ARGV[3], math.max(0, due - now), kept.priority)
return 1
`;
