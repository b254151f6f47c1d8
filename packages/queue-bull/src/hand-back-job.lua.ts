/**
 * Gives a job that its worker will not finish back, to be the next that runs. It keeps its attempts.
 *
 * KEYS[1] active  KEYS[2] wait  KEYS[3] paused  KEYS[4] meta-paused  KEYS[5] stalled  KEYS[6] the job's lock
 * ARGV[1] stored id  ARGV[2] the worker's token
 *
 * Reply: 1, or 0 when the worker has lost the job or ended it.
 * Bills 1 to 6 commands.
 */
export const HAND_BACK_JOB = `
if redis.call('GET', KEYS[6]) ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[6])
redis.call('SREM', KEYS[5], ARGV[1])
if redis.call('LREM', KEYS[1], -1, ARGV[1]) == 0 then return 0 end
redis.call('RPUSH', redis.call('EXISTS', KEYS[4]) == 1 and KEYS[3] or KEYS[2], ARGV[1])
return 1
`;
