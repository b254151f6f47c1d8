import { defineScript, type RedisReply } from '@switchyard/http-redis';
import { SLIDING_WINDOW } from './sliding-window.lua.js';
import { TOKEN_BUCKET } from './token-bucket.lua.js';

/**
 * Takes units from every limit, or from none when one of them has too few.
 *
 * KEYS     one stream per limit
 * ARGV[1]  `take`, or `peek` to take nothing
 * ARGV[2]  what the caller believes the server's time to be, in ms; 0: no idea. A wrong belief costs a command, no more
 * then for each limit seven: `window`, limit, window in ms, grain in ms, units, units to lease on top, lease in ms
 *                        or `bucket`, capacity, gain per ms in millionths of a token, 0, units, 0, 0
 *
 * Reply    { billed commands, server's time in ms, 1 when everything fits, then for each limit five:
 *            1 when it fits, units left, ms until all are back, ms until these units fit (taken: until one more does),
 *            units leased on top }
 *
 * Bills    the call, an XREVRANGE and an XADD per limit, and a PEXPIREAT per limit once in about four windows.
 *          Rejection: the call, an XREVRANGE per limit and TIME; where the belief was wrong XADD and XDEL (DEL) per limit.
 *
 * XADD's `*` tells the server's time for nothing, but only once the entry is written. So an entry has what was taken
 * before it, and its own units apart; whoever reads it next puts the two together. The entry before the newest is kept, so
 * that the newest can be taken back. Ids of a stream never go back, so neither does the time of a limit.
 */
export const TAKE_LIMITS = defineScript({
  name: 'take-limits',
  billed: (reply: RedisReply) => (Array.isArray(reply) ? Number(reply[0]) : 3),
  lua: `
local MICRO = 1000000
-- Windows that a key is kept after it was used: the more, the rarer its expiry is moved.
local KEPT = 5

local billed = 1
local function call(...)
  billed = billed + 1
  return redis.call(...)
end
local function timeOf(id) return tonumber(string.match(id, '^%d+')) end
${SLIDING_WINDOW}${TOKEN_BUCKET}
local limits = {}

local function doAllFit()
  local areFitting = true
  for _, limit in ipairs(limits) do
    limit.fits = limit.fitsAt <= limit.now
    areFitting = areFitting and limit.fits
  end
  return areFitting
end

local function write()
  for _, limit in ipairs(limits) do
    limit.id = call('XADD', limit.key, 'MAXLEN', '2', '*', 's', limit.kind.state(limit))
    limit.now = timeOf(limit.id)
  end
end

local function takeBack()
  for _, limit in ipairs(limits) do
    if limit.isNew then call('DEL', limit.key) else call('XDEL', limit.key, limit.id) end
  end
end

local function finish()
  for _, limit in ipairs(limits) do
    local expires = limit.kind.expiry(limit, limit.now)
    if expires ~= limit.expires then call('PEXPIREAT', limit.key, string.format('%.0f', expires)) end
    limit.kind.charge(limit)
    limit.units = 1
    limit.fitsAt = limit.kind.fitsAt(limit)
  end
end

local isPeek, believed = ARGV[1] == 'peek', tonumber(ARGV[2])
local isTimeNeeded = isPeek
for index, key in ipairs(KEYS) do
  local kind, most, size, grain, units, leasable, leaseMs = unpack(ARGV, 7 * index - 4, 7 * index + 2)
  local limit = {
    key = key, seen = 0, expires = 0, offset = 0, kind = kind == 'bucket' and bucket or window,
    most = tonumber(most), size = tonumber(size), grain = tonumber(grain),
    units = tonumber(units), leasable = tonumber(leasable), leaseMs = tonumber(leaseMs),
  }
  local newest = call('XREVRANGE', key, '+', '-', 'COUNT', '1')[1]
  limit.isNew = not newest
  if newest then limit.seen = timeOf(newest[1]) end
  limit.kind.open(limit, newest and newest[2][2])
  -- When the units fit, if nothing more is taken; 0 when they do now, as time is never before the newest entry.
  limit.fitsAt = limit.kind.fitsAt(limit)
  isTimeNeeded = isTimeNeeded or (believed > 0 and limit.fitsAt > believed)
  limits[index] = limit
end

local now, areFitting
if isTimeNeeded then
  local time = call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
  for _, limit in ipairs(limits) do limit.now = math.max(now, limit.seen) end
  areFitting = doAllFit()
  if areFitting and not isPeek then write() end
else
  write()
  now = limits[1].now
  areFitting = doAllFit()
  if not areFitting then takeBack() end
end

local isTaken = areFitting and not isPeek
if isTaken then finish() end

local reply = { billed, now, areFitting and 1 or 0 }
for _, limit in ipairs(limits) do
  local kind, at, size = limit.kind, limit.now, #reply
  reply[size + 1] = limit.fits and 1 or 0
  reply[size + 2] = kind.left(limit, at)
  reply[size + 3] = kind.fullAt(limit, at) - at
  reply[size + 4] = math.max(0, limit.fitsAt - at)
  reply[size + 5] = isTaken and limit.leased or 0
end
return reply
`,
});
