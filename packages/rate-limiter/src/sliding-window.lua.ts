/**
 * The Lua object `window`, used by `take-limits.lua.ts`: an exact log of what was taken, packed into one string.
 *
 * The log is a list of runs (time, units), each of which counts until its time is more than the window ago: strictly, for
 * ids are rounded down to ms. A run's time is the latest at which its units may be used, so that units on lease count from
 * the end of the lease. Runs within one grain are one run, at its latest time, so that the log of a large limit stays
 * short; times never go down. In any window, whoever was admitted last was admitted while all others of that window
 * still counted: so they are no more than the limit.
 *
 * An entry, in MessagePack: base closed last lastUnits used expires own offset runs. `runs` has all runs but the newest, as
 * milliseconds since the one before (the first: since `base`), `x` and the units unless one, and a comma; the last of them
 * is at `closed`. `used` counts all units in the log. `own` are the units of the entry itself, `offset` the ms
 * of their lease: they join the log when the entry is read.
 */
export const SLIDING_WINDOW = `
local window
window = {
  runs = function(limit)
    local position, at, isOver = 1, limit.base, limit.used == 0
    return function()
      if isOver then return nil end
      local delta, units, following = string.match(limit.runs, '^(%d+)x?(%d*),()', position)
      if not delta then
        isOver = true
        return limit.last, limit.lastUnits
      end
      position, at = following, at + delta
      return at, tonumber(units) or 1, following
    end
  end,

  -- Numbers become text by \`..\`, which is exact below 1e14: a delta is a time of less than that, units a limit at most.
  append = function(limit, at, units)
    at = math.max(limit.last, at)
    if limit.used == 0 then
      limit.base, limit.closed, limit.lastUnits, limit.runs = at, at, 0, ''
    elseif math.floor(at / limit.grain) ~= math.floor(limit.last / limit.grain) then
      local count = limit.lastUnits == 1 and '' or 'x' .. limit.lastUnits
      limit.runs = limit.runs .. (limit.last - limit.closed) .. count .. ','
      limit.closed, limit.lastUnits = limit.last, 0
    end
    limit.last, limit.lastUnits, limit.used = at, limit.lastUnits + units, limit.used + units
  end,

  prune = function(limit, now)
    if now - limit.oldest <= limit.size then return end
    local from = 1
    for at, units, following in window.runs(limit) do
      limit.oldest = at
      if now - at <= limit.size then break end
      limit.used = limit.used - units
      if following then limit.base, from = at, following end
    end
    limit.runs = string.sub(limit.runs, from)
  end,

  -- When the key may go: never before the newest run has left.
  expiry = function(limit, at)
    local last = math.max(limit.last, at + limit.offset)
    if limit.expires > last + limit.size then return limit.expires end
    return last + KEPT * limit.size + 1
  end,

  open = function(limit, state)
    limit.base, limit.closed, limit.last, limit.lastUnits, limit.used, limit.runs = 0, 0, 0, 0, 0, ''
    limit.oldest = 0
    if state then
      local own
      limit.base, limit.closed, limit.last, limit.lastUnits, limit.used, limit.expires, own, limit.offset, limit.runs =
        cmsgpack.unpack(state)
      limit.expires = window.expiry(limit, limit.seen)
      window.append(limit, limit.seen + limit.offset, own)
      window.prune(limit, limit.seen)
    end
    -- Never more on lease than half of what is left, so that others find something.
    local left = limit.most - limit.used - limit.units
    limit.leased = math.max(0, math.min(limit.leasable, math.floor(left / 2)))
    limit.offset = limit.leased > 0 and limit.leaseMs or 0
  end,

  state = function(limit)
    return cmsgpack.pack(limit.base, limit.closed, limit.last, limit.lastUnits, limit.used, limit.expires,
      limit.units + limit.leased, limit.offset, limit.runs)
  end,

  fitsAt = function(limit)
    local surplus = limit.used + limit.units - limit.most
    if surplus <= 0 then return 0 end
    for at, units in window.runs(limit) do
      surplus = surplus - units
      if surplus <= 0 then return at + limit.size + 1 end
    end
  end,

  left = function(limit, now)
    window.prune(limit, now)
    return math.max(0, limit.most - limit.used)
  end,

  charge = function(limit)
    window.append(limit, limit.now + limit.offset, limit.units + limit.leased)
  end,

  fullAt = function(limit, now)
    return math.max(now, limit.last + limit.size + 1)
  end,
}
`;
