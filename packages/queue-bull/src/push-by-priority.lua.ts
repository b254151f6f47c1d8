/**
 * A function for the scripts that put a job with a priority back among those that wait, spelled into each of them:
 * Redis has no modules.
 *
 * Bull keeps the jobs with a priority at the right end of the list, the most urgent last, and finds a job's place by
 * counting those that are more urgent in a sorted set. A job that is put back without that set shifts all others.
 *
 * Bills 5 commands.
 */
export const PUSH_BY_PRIORITY = `
local function pushByPriority(list, priorities, jobId, priority, beforeEquals)
  redis.call('ZADD', priorities, priority, jobId)
  local ahead = redis.call('ZCOUNT', priorities, '-inf', (beforeEquals and '(' or '') .. priority)
  if not beforeEquals then ahead = ahead - 1 end
  local neighbour = redis.call('LINDEX', list, redis.call('LLEN', list) - ahead)
  if neighbour then
    redis.call('LINSERT', list, 'BEFORE', neighbour, jobId)
  else
    redis.call('RPUSH', list, jobId)
  end
end
`;
