/**
 * Strikes a job that now runs off the list of those that a rate limit of plain Bull has put aside.
 *
 * KEYS[1] limiter:index
 * ARGV[1] stored id
 *
 * Reply: 1 while there are others, else 0.
 * Bills 2 commands, 4 for a job that was put aside.
 */
export const RELEASE_PUT_ASIDE = `
local list = redis.call('HGET', KEYS[1], ARGV[1])
if list then
  redis.call('SREM', list, ARGV[1])
  redis.call('HDEL', KEYS[1], ARGV[1])
end
return redis.call('EXISTS', KEYS[1])
`;
