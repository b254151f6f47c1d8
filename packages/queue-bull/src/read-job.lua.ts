/**
 * A job and where it is.
 *
 * A job that is in no set but has a hash waits, or is on its way between two places.
 *
 * KEYS[1] completed  KEYS[2] failed  KEYS[3] delayed  KEYS[4] active  KEYS[5] the job's hash
 * ARGV[1] stored id
 *
 * Reply: an empty list when there is none, else its state and the fields of its hash in turn.
 * Bills 3 to 6 commands.
 */
export const READ_JOB = `
local function state(id)
  if redis.call('ZSCORE', KEYS[1], id) then return 'completed' end
  if redis.call('ZSCORE', KEYS[2], id) then return 'failed' end
  if redis.call('ZSCORE', KEYS[3], id) then return 'delayed' end
  for _, active in ipairs(redis.call('LRANGE', KEYS[4], 0, -1)) do
    if active == id then return 'active' end
  end
  return 'waiting'
end
if redis.call('TYPE', KEYS[5]).ok ~= 'hash' then return {} end
return { state(ARGV[1]), redis.call('HGETALL', KEYS[5]) }
`;
