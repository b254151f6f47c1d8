/**
 * The Lua object `window`, used by `take-limits.lua.ts`: an exact log of what was taken, packed into one string.
 *
 * The log is a list of runs (time, units), each of which counts until its time is more than the window ago: strictly, for
 * ids are rounded down to ms. A run's time is the latest at which its units may be used, so that units on lease count from
 * the end of the lease. Runs within one grain are one run, at its latest time, so that the log of a large limit stays
 * short; times never go down. In any window, whoever was admitted last was admitted while all others of that window
 * still counted: so they are no more than the limit.
 *
 * An entry: base closed last lastUnits used expiry own offset runs. `runs` has all runs but the newest, as
 * milliseconds since the one before (the first: since `base`), `x` and the units unless one, and a comma; the last of them
 * is at `closed`. `used` counts all units in the log. `own` are the units of the entry itself, `offset` the ms
 * of their lease: they join the log when the entry is read.
 */
export const SLIDING_WINDOW = `
local window = {}

function window.runs(limit)
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
end

function window.append(limit, at, units)
  at = math.max(limit.last, at)
  if limit.used == 0 then
    limit.base, limit.closed, limit.lastUnits, limit.runs = at, at, 0, ''
  elseif math.floor(at / limit.grain) ~= math.floor(limit.last / limit.grain) then
    local count = limit.lastUnits == 1 and '' or 'x' .. text(limit.lastUnits)
    limit.runs = limit.runs .. text(limit.last - limit.closed) .. count .. ','
    limit.closed, limit.lastUnits = limit.last, 0
  end
  limit.last, limit.lastUnits, limit.used = at, limit.lastUnits + units, limit.used + units
end

function window.prune(limit, now)
  local from = 1
  for at, units, following in window.runs(limit) do
    if now - at <= limit.size then break end
    limit.used = limit.used - units
    if following then limit.base, from = at, following end
  end
  limit.runs = string.sub(limit.runs, from)
end

-- When the key may go: never before the newest run has left.
function window.expiry(limit, at)
  local last = math.max(limit.last, at + limit.offset)
  if limit.expires > last + limit.size then return limit.expires end
  return last + KEPT * limit.size + 1
end

function window.open(limit, state)
  limit.base, limit.closed, limit.last, limit.lastUnits, limit.used, limit.runs = 0, 0, 0, 0, 0, ''
  if state then
    local own
    limit.base, limit.closed, limit.last, limit.lastUnits, limit.used, limit.expires, own, limit.offset, limit.runs =
      string.match(state, '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (.*)$')
    for _, name in ipairs({ 'base', 'closed', 'last', 'lastUnits', 'used', 'expires', 'offset' }) do
      limit[name] = tonumber(limit[name])
    end
    limit.expires = window.expiry(limit, limit.seen)
    window.append(limit, limit.seen + limit.offset, tonumber(own))
    window.prune(limit, limit.seen)
  end
  -- Never more on lease than half of what is left, so that others find something.
  local left = limit.most - limit.used - limit.units
  limit.leased = math.max(0, math.min(limit.leasable, math.floor(left / 2)))
  limit.offset = limit.leased > 0 and limit.leaseMs or 0
end

function window.state(limit)
  return table.concat({ text(limit.base), text(limit.closed), text(limit.last), text(limit.lastUnits),
    text(limit.used), text(limit.expires), text(limit.units + limit.leased), text(limit.offset), limit.runs }, ' ')
end

-- Units that are left, and when as many as are wanted will be: 0 for now.
function window.look(limit, now)
  local used, fitsAt, left = limit.used, 0, nil
  for at, units in window.runs(limit) do
    if now - at <= limit.size then
      left = left or limit.most - used
      if used + limit.units <= limit.most then break end
      fitsAt = at + limit.size + 1
    end
    used = used - units
  end
  return math.max(0, left or limit.most), fitsAt
end

function window.charge(limit)
  window.append(limit, limit.now + limit.offset, limit.units + limit.leased)
end

function window.fullAt(limit, now)
  return math.max(now, limit.last + limit.size + 1)
end
`;
