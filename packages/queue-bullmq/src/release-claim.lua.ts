/**
 * Deletes a claim, if it is who asks that holds it.
 *
 * KEYS[1] the claim
 * ARGV[1] holder
 *
 * Reply: 1 when it is gone, else 0.
 *
 * Billed: GET, and DEL when it goes.
 */
export const releaseClaimLua = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`;
