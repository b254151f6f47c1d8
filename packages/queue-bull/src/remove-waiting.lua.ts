/**
 * Removes up to a number of jobs from a place where they wait.
 *
 * The pending firing of a schedule stays: with it the schedule would end.
 *
 * KEYS[1] wait, paused or delayed  KEYS[2] repeat  KEYS[3] priority  KEYS[4] limiter
 * ARGV[1] base key  ARGV[2] 'list' or 'set'  ARGV[3] how many to pass over  ARGV[4] how many to look at
 * ARGV[5] channel that hears of removed jobs
 *
 * Reply: how many were removed, and the ids of pending firings that were met.
 * Bills 2 commands, and 7 to 9 for each job.
 */
export const REMOVE_WAITING = `
local base, isList = ARGV[1], ARGV[2] == 'list'
local from, count = tonumber(ARGV[3]), tonumber(ARGV[4])

local function isPending(jobId)
  if string.sub(jobId, 1, 7) ~= 'repeat:' then return false end
  local text = redis.call('HGET', base .. jobId, 'opts')
  if not text then return false end
  local opts = cjson.decode(text)
  local slot = opts['repeat'] and opts['repeat'].key and redis.call('ZSCORE', KEYS[2], opts['repeat'].key)
  return slot and tonumber(slot) == tonumber(opts.prevMillis)
end

local ids = redis.call(isList and 'LRANGE' or 'ZRANGE', KEYS[1], from, from + count - 1)
local removed, pending = 0, {}
for _, jobId in ipairs(ids) do
  if isPending(jobId) then
    pending[#pending + 1] = jobId
  else
    if isList then redis.call('LREM', KEYS[1], 1, jobId) else redis.call('ZREM', KEYS[1], jobId) end
    redis.call('ZREM', KEYS[3], jobId)
    local limited = redis.call('HGET', KEYS[4] .. ':index', jobId)
    if limited then
      redis.call('SREM', limited, jobId)
      redis.call('HDEL', KEYS[4] .. ':index', jobId)
    end
    local deduplication = redis.call('HGET', base .. jobId, 'deid')
    if deduplication then redis.call('DEL', base .. 'de:' .. deduplication) end
    redis.call('DEL', base .. jobId, base .. jobId .. ':logs')
    redis.call('PUBLISH', ARGV[5], jobId)
    removed = removed + 1
  end
end
return { removed, pending }
`;
