/**
 * A function for the scripts that schedule a firing, spelled into each of them: Redis has no modules.
 *
 * Writes the job as Bull's own script does, due at `due`. A job of the same id can only be one that ended: the slot
 * fires again, so what is left of it goes.
 *
 * Bills 8 commands.
 */
export const PLACE_FIRING = `
local function placeFiring(base, jobId, due, name, data, opts, timestamp, delay, priority)
  redis.call('ZREM', base .. 'completed', jobId)
  redis.call('ZREM', base .. 'failed', jobId)
  redis.call('DEL', base .. jobId, base .. jobId .. ':logs')
  local counter = redis.call('INCR', base .. 'id')
  redis.call('HMSET', base .. jobId, 'name', name, 'data', data, 'opts', opts,
    'timestamp', timestamp, 'delay', delay, 'priority', priority)
  -- Bull keeps the order of jobs that are due in the same millisecond in the low 12 bits.
  redis.call('ZADD', base .. 'delayed', due * 0x1000 + bit.band(counter, 0xfff), jobId)
  redis.call('PUBLISH', base .. 'delayed', due)
end
`;

/**
 * Takes a firing that has not started out of wherever it waits. Answers whether it was there.
 *
 * Bills 1 to 6 commands, and 3 more when it was there.
 */
export const TAKE_FIRING = `
local function takeFiring(base, jobId)
  local found = redis.call('ZREM', base .. 'delayed', jobId) == 1
    or redis.call('LREM', base .. 'wait', 0, jobId) > 0
    or redis.call('LREM', base .. 'paused', 0, jobId) > 0
  if found then
    redis.call('ZREM', base .. 'priority', jobId)
    redis.call('DEL', base .. jobId, base .. jobId .. ':logs')
  end
  return found
end
`;
