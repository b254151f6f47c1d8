import { defineScript } from '@switchyard/http-redis';

/**
 * Gives a key back, if it is who asks that holds it.
 *
 * KEYS[1] the record
 * ARGV[1] state and token of the claim, 23 characters
 *
 * Reply: 1 when it was given back, else 0.
 *
 * Billed: EVALSHA, GET, and DEL where it is ours: 3, or 2.
 */
export const RELEASE_CLAIM = defineScript({
  name: 'release-claim',
  billed: (reply) => (reply === 1 ? 3 : 2),
  isSafeToRepeat: true,
  lua: `
local record = redis.call('GET', KEYS[1])
if not record or string.sub(record, 1, 23) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`,
});
