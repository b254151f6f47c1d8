/**
 * The Lua object `bucket`, used by `take-limits.lua.ts`. What was taken from a full bucket and not gained back is counted in
 * millionths of a token, and the gain in millionths per ms. Both are whole numbers, so that nothing is lost by
 * rounding, however often it is taken from.
 *
 * An entry, in MessagePack: missing at expires gain own ownGain keptMs. `missing` is what was missing at the time `at`, and
 * from then until the entry `gain` came back in each ms; its own units are missing from then on, and `ownGain` comes back.
 * Between two tiers the faster gain counts, so that nobody waits by a tier that is no longer theirs, and an expired key was
 * full.
 */
export const TOKEN_BUCKET = `
local function missingAt(limit, now)
  return math.max(0, limit.missing - (now - limit.seen) * limit.gain)
end

local function bucketExpiry(expires, at, missing, gain, keptMs)
  if expires > at + math.ceil(missing / gain) then return expires end
  return at + keptMs
end

local bucket
bucket = {
  open = function(limit, state)
    limit.full, limit.ownGain, limit.leased = limit.most * MICRO, limit.size, 0
    limit.keptMs = KEPT * math.ceil(limit.full / limit.ownGain) + 1
    limit.missing, limit.gain = 0, limit.ownGain
    if not state then return end
    local missing, at, expires, gain, own, ownGain, keptMs = cmsgpack.unpack(state)
    limit.missing = math.max(0, missing - (limit.seen - at) * gain) + own * MICRO
    limit.expires = bucketExpiry(expires, limit.seen, limit.missing, ownGain, keptMs)
    limit.gain = math.max(ownGain, limit.ownGain)
  end,

  expiry = function(limit, at)
    return bucketExpiry(limit.expires, at, missingAt(limit, at) + limit.units * MICRO, limit.ownGain, limit.keptMs)
  end,

  state = function(limit)
    return cmsgpack.pack(limit.missing, limit.seen, limit.expires, limit.gain, limit.units, limit.ownGain, limit.keptMs)
  end,

  fitsAt = function(limit)
    local lacking = limit.missing + limit.units * MICRO - limit.full
    return lacking > 0 and limit.seen + math.ceil(lacking / limit.gain) or 0
  end,

  left = function(limit, now)
    return math.max(0, math.floor((limit.full - missingAt(limit, now)) / MICRO))
  end,

  charge = function(limit)
    limit.missing = missingAt(limit, limit.now) + limit.units * MICRO
    limit.seen, limit.gain = limit.now, limit.ownGain
  end,

  fullAt = function(limit, now)
    return now + math.ceil(missingAt(limit, now) / limit.gain)
  end,
}
`;
