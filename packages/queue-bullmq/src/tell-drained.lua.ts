/**
 * Tells that nothing waits or runs any more, where BullMQ does not: it leaves that out as long as a job is delayed.
 *
 * KEYS[1] wait, KEYS[2] active, KEYS[3] prioritized, KEYS[4] delayed, KEYS[5] events
 *
 * Reply: 1 when it was told, else 0.
 *
 * Billed: LLEN, and up to LLEN, ZCARD, EXISTS, XADD when nothing waits.
 */
export const tellDrainedLua = `
if redis.call('LLEN', KEYS[1]) > 0 or redis.call('LLEN', KEYS[2]) > 0 then return 0 end
if redis.call('ZCARD', KEYS[3]) > 0 or redis.call('EXISTS', KEYS[4]) == 0 then return 0 end
redis.call('XADD', KEYS[5], '*', 'event', 'drained')
return 1
`;
