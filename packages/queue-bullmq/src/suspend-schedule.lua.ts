/**
 * Takes a schedule and its pending firing away in one step. A firing that a worker has taken already is left to it,
 * as is one that has run before and waits for a retry.
 *
 * KEYS[1] `repeat`, KEYS[2] `repeat:<id>`, KEYS[3] `delayed`, KEYS[4] `prioritized`, KEYS[5] `wait`,
 * KEYS[6] `switchyard:suspended`
 * ARGV[1] stored id of the schedule, ARGV[2] key prefix of the queue's jobs, ARGV[3] `keep` to keep it in KEYS[6],
 * else it is gone
 *
 * Reply: what was taken, as JSON (see `suspendedSchedule`), or nil when there is no such schedule. The prefix in ARGV[2]
 * has the hash tag of the KEYS, if there is one.
 *
 * Billed: ZSCORE alone when there is none, else ZSCORE, HMGET, HGETALL, ZREM, DEL, for a pending firing ZREM (two and
 * LREM where it is due already) and DEL, to keep HSET: 5 to 10, mostly 8.
 */
export const suspendScheduleLua = `
local slot = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not slot then return nil end

local jobId = 'repeat:' .. ARGV[1] .. ':' .. slot
local jobKey = ARGV[2] .. jobId
local job = redis.call('HMGET', jobKey, 'ats', 'opts')

local pending = false
if (tonumber(job[1]) or 0) == 0 then
  pending = redis.call('ZREM', KEYS[3], jobId) == 1
    or redis.call('ZREM', KEYS[4], jobId) == 1
    or redis.call('LREM', KEYS[5], 1, jobId) == 1
  if pending then redis.call('DEL', jobKey) end
end

local taken = cjson.encode({
  slot = slot,
  pending = pending,
  jobOpts = job[2],
  hash = redis.call('HGETALL', KEYS[2]),
})
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('DEL', KEYS[2])
if ARGV[3] == 'keep' then redis.call('HSET', KEYS[6], ARGV[1], taken) end
return taken
`;
