/**
 * Puts a schedule in place whose first firing is due already, and that firing as its pending job among the delayed
 * ones: BullMQ itself would move the slot to now, and the grid with it. What was pending under the id goes, as does the
 * suspended schedule; a firing that a worker has taken is left to it.
 *
 * KEYS[1] `repeat`, KEYS[2] `repeat:<id>`, KEYS[3] `delayed`, KEYS[4] `prioritized`, KEYS[5] `wait`,
 * KEYS[6] `switchyard:suspended`, KEYS[7] `marker`, KEYS[8] `events`, KEYS[9] `meta`
 * ARGV[1] stored id of the schedule, ARGV[2] key prefix of the queue's jobs, ARGV[3] slot in ms since the epoch,
 * ARGV[4] name, ARGV[5] data and ARGV[6] options of the job as JSON, ARGV[7] now, ARGV[8] priority, then the fields of
 * the hash and their values in turn
 *
 * Reply: 1, or 0 when that slot has fired, in which case nothing was changed.
 *
 * Billed: 11, and up to 5 more to replace a schedule.
 */
export const placeDueFiringLua = `
local jobId = 'repeat:' .. ARGV[1] .. ':' .. ARGV[3]
local jobKey = ARGV[2] .. jobId
local slot = redis.call('ZSCORE', KEYS[1], ARGV[1])
local oldId = slot and 'repeat:' .. ARGV[1] .. ':' .. slot
local isUntaken = slot and (tonumber(redis.call('HGET', ARGV[2] .. oldId, 'ats')) or 0) == 0
if redis.call('EXISTS', jobKey) == 1 and not (isUntaken and oldId == jobId) then return 0 end

if isUntaken then
  if redis.call('ZREM', KEYS[3], oldId) == 1
    or redis.call('ZREM', KEYS[4], oldId) == 1
    or redis.call('LREM', KEYS[5], 1, oldId) == 1 then
    redis.call('DEL', ARGV[2] .. oldId)
  end
end

redis.call('HDEL', KEYS[6], ARGV[1])
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], unpack(ARGV, 9))
redis.call('HSET', jobKey, 'name', ARGV[4], 'data', ARGV[5], 'opts', ARGV[6], 'timestamp', ARGV[7],
  'delay', 0, 'priority', ARGV[8], 'rjk', ARGV[1])
redis.call('ZADD', KEYS[3], tonumber(ARGV[3]) * 0x1000, jobId)
redis.call('XADD', KEYS[8], 'MAXLEN', '~', redis.call('HGET', KEYS[9], 'opts.maxLenEvents') or 10000, '*',
  'event', 'delayed', 'jobId', jobId, 'delay', ARGV[3])
redis.call('ZADD', KEYS[7], ARGV[7], '1')
return 1
`;
