import { PLACE_FIRING } from './place-firing.lua.js';
import { SLOT_TEXT } from './slot-text.lua.js';

/**
 * Schedules the firing after the one that was just taken, or ends the schedule when there is none.
 *
 * Only the firing that the schedule points to may do that, and only once: a firing that is run again, and one whose
 * schedule was removed, suspended or changed meanwhile, leaves it alone.
 *
 * KEYS[1] repeat
 * ARGV[1] base key  ARGV[2] member in repeat  ARGV[3] what its firings' ids begin with
 * ARGV[4] slot of the firing that was taken  ARGV[5] next slot, or ''
 * ARGV[6] name  ARGV[7] data  ARGV[8] options  ARGV[9] timestamp  ARGV[10] delay  ARGV[11] priority
 *
 * Reply: 1 when it changed something, else 0.
 * Bills 1 to 3 commands, and 9 more when it schedules.
 */
export const NEXT_FIRING = `
${PLACE_FIRING}
${SLOT_TEXT}
local base, member, prefix, taken, due = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local pointsTo = redis.call('ZSCORE', KEYS[1], member)
if not pointsTo then return 0 end
if tonumber(pointsTo) ~= tonumber(taken) and redis.call('EXISTS', base .. prefix .. slotText(pointsTo)) == 1 then
  return 0
end
if due == '' then
  redis.call('ZREM', KEYS[1], member)
  return 1
end
redis.call('ZADD', KEYS[1], due, member)
placeFiring(base, prefix .. due, tonumber(due), unpack(ARGV, 6, 11))
return 1
`;
