import { SLOT_TEXT } from './slot-text.lua.js';

/**
 * Reads schedules together with their pending firings, as they are at one moment.
 *
 * KEYS[1] repeat  KEYS[2] delayed
 * ARGV[1] base key, then for each member: the member, a number n, and n candidates for what its firings' ids begin
 * with
 *
 * Reply: for each member an empty list when it fires no more, else its slot, which candidate it is (from 1), 1 when
 * the firing is still delayed or 0, and the fields of the firing's hash in turn.
 * Bills 2 commands and up to 1 + n a member.
 */
export const READ_SCHEDULES = `
${SLOT_TEXT}
local base, answer, n = ARGV[1], {}, 2
while n <= #ARGV do
  local member, candidates = ARGV[n], tonumber(ARGV[n + 1])
  local slot = redis.call('ZSCORE', KEYS[1], member)
  local found = {}
  if slot then
    for c = 1, candidates do
      local jobId = ARGV[n + 1 + c] .. slotText(slot)
      local fields = redis.call('HGETALL', base .. jobId)
      if #fields > 0 then
        local ended = false
        for f = 1, #fields, 2 do
          if fields[f] == 'finishedOn' then ended = true end
        end
        if not ended then
          local delayed = redis.call('ZSCORE', KEYS[2], jobId) and 1 or 0
          found = { slot, c, delayed, unpack(fields) }
          break
        end
      end
    end
  end
  answer[#answer + 1] = found
  n = n + 2 + candidates
end
return answer
`;
