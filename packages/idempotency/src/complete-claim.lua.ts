import { defineScript } from '@switchyard/http-redis';
import { WRITTEN } from './claim-record.js';

/**
 * Puts an end, done or failed, in place of a claim, unless somebody else's claim or end is there. Where nothing is, the
 * lease ran out and nobody holds the key: the end is written.
 *
 * KEYS[1] the record
 * ARGV[1] the end; the 22 characters from the second on are the token of who asks
 * ARGV[2] how long it is kept, in ms
 *
 * Reply: `written` when it is written, else the first letter of what is there: `c`, `d`, `f`.
 *
 * Billed: EVALSHA, GET, and SET where it is written: 3, or 2.
 */
export const COMPLETE_CLAIM = defineScript({
  name: 'complete-claim',
  billed: (reply) => (reply === WRITTEN ? 3 : 2),
  isSafeToRepeat: true,
  lua: `
local record = redis.call('GET', KEYS[1])
if record and string.sub(record, 2, 23) ~= string.sub(ARGV[1], 2, 23) then
  return string.sub(record, 1, 1)
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return '${WRITTEN}'
`,
});
