import { defineScript } from '@switchyard/http-redis';
import { WRITTEN } from './claim-record.js';

/**
 * Begins the lease of a claim anew. A claim that is gone stays gone: somebody may have had the key since, and a renewal
 * that overtakes a release must not take it again.
 *
 * KEYS[1] the record
 * ARGV[1] the claim; state and token are its first 23 characters
 * ARGV[2] its lease in ms
 *
 * Reply: `written` when the lease has begun, else the first letter of what is there: `c`, `d`, `f`, or `-` for nothing.
 *
 * Billed: EVALSHA, GET, and SET where it is ours: 3, or 2.
 */
export const RENEW_CLAIM = defineScript({
  name: 'renew-claim',
  billed: (reply) => (reply === WRITTEN ? 3 : 2),
  isSafeToRepeat: true,
  lua: `
local record = redis.call('GET', KEYS[1])
if not record then return '-' end
if string.sub(record, 1, 23) ~= string.sub(ARGV[1], 1, 23) then return string.sub(record, 1, 1) end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return '${WRITTEN}'
`,
});
