import { PUSH_BY_PRIORITY } from './push-by-priority.lua.js';

/**
 * Gives a job that its worker will not finish back, to be the next that runs, or the next of its priority. It keeps
 * its attempts.
 *
 * KEYS[1] active  KEYS[2] wait  KEYS[3] paused  KEYS[4] meta-paused  KEYS[5] stalled  KEYS[6] priority
 * KEYS[7] the job's hash  KEYS[8] the job's lock
 * ARGV[1] stored id  ARGV[2] the worker's token
 *
 * Reply: 1, or 0 when the worker has lost the job or ended it.
 * Bills 1 to 7 commands, 11 with a priority.
 */
export const HAND_BACK_JOB = `
${PUSH_BY_PRIORITY}
if redis.call('GET', KEYS[8]) ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[8])
redis.call('SREM', KEYS[5], ARGV[1])
if redis.call('LREM', KEYS[1], -1, ARGV[1]) == 0 then return 0 end
local list = redis.call('EXISTS', KEYS[4]) == 1 and KEYS[3] or KEYS[2]
local priority = tonumber(redis.call('HGET', KEYS[7], 'priority')) or 0
if priority > 0 then
  pushByPriority(list, KEYS[6], ARGV[1], priority, true)
else
  redis.call('RPUSH', list, ARGV[1])
end
return 1
`;
