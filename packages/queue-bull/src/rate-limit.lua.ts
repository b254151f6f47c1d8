/**
 * How long until another job may start.
 *
 * KEYS[1] limiter
 * ARGV[1] jobs in a window
 *
 * Reply: ms, 0 for now.
 * Bills 1 or 2 commands.
 */
export const RATE_LIMIT_WAIT = `
if (tonumber(redis.call('GET', KEYS[1])) or 0) < tonumber(ARGV[1]) then return 0 end
return math.max(1, redis.call('PTTL', KEYS[1]))
`;

/**
 * Counts a start, in the key and the way in which Bull's own workers count it, so that the limit holds for them, too.
 *
 * A job that one of those put aside is in their list of such jobs; as long as it is, they hold back others for it.
 *
 * KEYS[1] limiter
 * ARGV[1] jobs in a window  ARGV[2] its length in ms  ARGV[3] stored id of the job
 *
 * Reply: 1, or 0 when the window is full.
 * Bills 1 or 3 commands, 4 for a job that was put aside.
 */
export const RATE_LIMIT_START = `
local started = tonumber(redis.call('GET', KEYS[1])) or 0
if started >= tonumber(ARGV[1]) then return 0 end
if redis.call('SREM', KEYS[1] .. ':limited', ARGV[3]) == 1 then
  redis.call('HDEL', KEYS[1] .. ':index', ARGV[3])
end
if started == 0 then redis.call('PSETEX', KEYS[1], ARGV[2], 1) else redis.call('INCR', KEYS[1]) end
return 1
`;
