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
 * KEYS[1] limiter
 * ARGV[1] jobs in a window  ARGV[2] its length in ms
 *
 * Reply: 1, or 0 when the window is full.
 * Bills 1 or 2 commands.
 */
export const RATE_LIMIT_START = `
local started = tonumber(redis.call('GET', KEYS[1])) or 0
if started >= tonumber(ARGV[1]) then return 0 end
if started == 0 then redis.call('PSETEX', KEYS[1], ARGV[2], 1) else redis.call('INCR', KEYS[1]) end
return 1
`;
