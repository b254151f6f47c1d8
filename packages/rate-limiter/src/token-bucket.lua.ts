/**
 * The Lua object `bucket`, used by `take-limits.lua.ts`. What was taken from a full bucket and not gained back is counted in
 * millionths of a token, and the gain in millionths per ms. Both are whole numbers, so that nothing is lost by
 * rounding, however often it is taken from.
 *
 * An entry: missing at expires gain own ownGain keptMs. `missing` is what was missing at the time `at`, and from then until
 * the entry `gain` came back in each ms; its own units are missing from then on, and `ownGain` comes back. Between
 * two tiers the faster gain counts, so that nobody waits by a tier that is no longer theirs, and an expired key was full.
 */
export const TOKEN_BUCKET = `
local bucket = {}

local function missingAt(limit, now)
  return math.max(0, limit.missing - (now - limit.seen) * limit.gain)
end

local function bucketExpiry(expires, at, missing, gain, keptMs)
  if expires > at + math.ceil(missing / gain) then return expires end
  return at + keptMs
end

function bucket.open(limit, state)
  limit.full, limit.ownGain, limit.leased = limit.most * MICRO, limit.size, 0
  limit.keptMs = KEPT * math.ceil(limit.full / limit.ownGain) + 1
  limit.missing, limit.gain = 0, limit.ownGain
  if not state then return end
  local missing, at, expires, gain, own, ownGain, keptMs =
    string.match(state, '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+)$')
  ownGain = tonumber(ownGain)
  limit.missing = math.max(0, missing - (limit.seen - at) * gain) + own * MICRO
  limit.expires = bucketExpiry(tonumber(expires), limit.seen, limit.missing, ownGain, tonumber(keptMs))
  limit.gain = math.max(ownGain, limit.ownGain)
end

function bucket.expiry(limit, at)
  return bucketExpiry(limit.expires, at, missingAt(limit, at) + limit.units * MICRO, limit.ownGain, limit.keptMs)
end

function bucket.state(limit)
  return table.concat({ text(limit.missing), text(limit.seen), text(limit.expires), text(limit.gain),
    text(limit.units), text(limit.ownGain), text(limit.keptMs) }, ' ')
end

function bucket.look(limit, now)
  local missing = missingAt(limit, now)
  local lacking = missing + limit.units * MICRO - limit.full
  local left = math.max(0, math.floor((limit.full - missing) / MICRO))
  return left, lacking > 0 and now + math.ceil(lacking / limit.gain) or 0
end

function bucket.charge(limit)
  limit.missing = missingAt(limit, limit.now) + limit.units * MICRO
  limit.seen, limit.gain = limit.now, limit.ownGain
end

function bucket.fullAt(limit, now)
  return now + math.ceil(missingAt(limit, now) / limit.gain)
end
`;
