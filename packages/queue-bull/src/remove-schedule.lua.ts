import { TAKE_FIRING } from './place-firing.lua.js';
import { SLOT_TEXT } from './slot-text.lua.js';

/**
 * Removes a schedule, suspended or not, and its pending firing unless that has started.
 *
 * KEYS[1] repeat  KEYS[2] suspended
 * ARGV[1] base key  ARGV[2] id of the schedule  ARGV[3] its member or ''  ARGV[4] what its firings' ids begin with
 *
 * Reply: 1 when there was one, else 0.
 * Bills 1 to 10 commands.
 */
export const REMOVE_SCHEDULE = `
${TAKE_FIRING}
${SLOT_TEXT}
local removed = redis.call('HDEL', KEYS[2], ARGV[2])
if ARGV[3] == '' then return removed end
local slot = redis.call('ZSCORE', KEYS[1], ARGV[3])
if not slot then return removed end
redis.call('ZREM', KEYS[1], ARGV[3])
takeFiring(ARGV[1], ARGV[4] .. slotText(slot))
return 1
`;
