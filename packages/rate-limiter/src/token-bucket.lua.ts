/**
 * The Lua object `bucket`, used by `take-limits.lua.ts`. A level is counted in millionths of a token, and a rate in
 * millionths per ms; both are whole numbers, so that nothing is lost by rounding however often it is taken from.
 *
 * An entry: level at expiry full rate own. `level` at the time `at` is that before the entry's own units, which are taken
 * when the entry is read, at the time of its id and by the `full` and `rate` of whoever wrote it.
 */
export const TOKEN_BUCKET = `
local bucket = {}

local function levelAt(limit, now)
  return math.min(limit.full, limit.level + (now - limit.seen) * limit.rate)
end

local function bucketExpiry(expires, at, level, full, rate)
  if expires > at + math.ceil((full - level) / rate) then return expires end
  return at + KEPT * math.ceil(full / rate) + 1
end

function bucket.open(limit, state)
  limit.full, limit.rate, limit.leased = limit.most * MICRO, limit.size, 0
  limit.level = limit.full
  if not state then return end
  local level, at, expires, full, rate, own = string.match(state, '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+)$')
  full, rate = tonumber(full), tonumber(rate)
  level = math.min(full, level + (limit.seen - at) * rate) - own * MICRO
  limit.expires = bucketExpiry(tonumber(expires), limit.seen, level, full, rate)
  limit.level = math.min(level, limit.full)
end

function bucket.expiry(limit, at)
  return bucketExpiry(limit.expires, at, levelAt(limit, at) - limit.units * MICRO, limit.full, limit.rate)
end

function bucket.state(limit)
  return table.concat({ text(limit.level), text(limit.seen), text(limit.expires), text(limit.full), text(limit.rate),
    text(limit.units) }, ' ')
end

function bucket.look(limit, now)
  local level = levelAt(limit, now)
  local lacking = limit.units * MICRO - level
  return math.floor(level / MICRO), lacking > 0 and now + math.ceil(lacking / limit.rate) or 0
end

function bucket.fullAt(limit, now, isTaken)
  local taken = isTaken and limit.units * MICRO or 0
  return now + math.ceil((limit.full - levelAt(limit, now) + taken) / limit.rate)
end
`;
