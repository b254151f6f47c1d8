import { PUSH_BY_PRIORITY } from './push-by-priority.lua.js';

/**
 * Puts a failed job back to wait. Bull's own script forgets its priority.
 *
 * KEYS[1] failed  KEYS[2] wait  KEYS[3] paused  KEYS[4] meta-paused  KEYS[5] priority  KEYS[6] the job's hash
 * ARGV[1] stored id  ARGV[2] 'RPUSH' to run before those that wait, else 'LPUSH'  ARGV[3] now in ms
 * ARGV[4] channel that hears of waiting jobs
 *
 * Reply: 1, or 0 when it has not failed.
 * Bills 1 to 7 commands, 11 with a priority.
 */
export const RETRY_JOB = `
${PUSH_BY_PRIORITY}
if redis.call('ZREM', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HDEL', KEYS[6], 'finishedOn', 'processedOn', 'failedReason')
redis.call('HSET', KEYS[6], 'retriedOn', ARGV[3])
local list = redis.call('EXISTS', KEYS[4]) == 1 and KEYS[3] or KEYS[2]
local priority = tonumber(redis.call('HGET', KEYS[6], 'priority')) or 0
if priority > 0 then
  pushByPriority(list, KEYS[5], ARGV[1], priority, false)
else
  redis.call(ARGV[2], list, ARGV[1])
end
redis.call('PUBLISH', ARGV[4], ARGV[1])
return 1
`;
