/**
 * Removes a schedule that has just fired for the last time. BullMQ keeps an entry whose runs are used up for ever,
 * and lets an interval fire once after its end. Run by the worker that took the firing, after BullMQ has put the next
 * one in place.
 *
 * KEYS[1] `repeat`, KEYS[2] `repeat:<id>`, KEYS[3] `delayed`
 * ARGV[1] stored id of the schedule, ARGV[2] slot of the firing that was taken, ARGV[3] end in ms since the epoch or
 * empty, ARGV[4] key prefix of the queue's jobs
 *
 * Reply: 1 when the schedule was over, else 0.
 *
 * Billed: ZSCORE, and when it is over also ZREM, DEL and for a firing after the end ZREM, DEL: 1 to 5.
 */
export const endScheduleLua = `
local slot = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not slot then return 0 end
local isPastEnd = ARGV[3] ~= '' and tonumber(slot) > tonumber(ARGV[3])
if slot ~= ARGV[2] and not isPastEnd then return 0 end

redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('DEL', KEYS[2])
if isPastEnd and slot ~= ARGV[2] then
  local jobId = 'repeat:' .. ARGV[1] .. ':' .. slot
  if redis.call('ZREM', KEYS[3], jobId) == 1 then redis.call('DEL', ARGV[4] .. jobId) end
end
return 1
`;
