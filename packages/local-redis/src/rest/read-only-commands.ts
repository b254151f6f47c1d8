/**
 * What a read-only token may run: commands that write in no form and with no option. As with Upstash's, what walks
 * through the whole database (KEYS, SCAN) or runs code is not among them.
 */
const READS: ReadonlySet<string> = new Set(
  (
    'BITCOUNT BITFIELD_RO BITPOS DBSIZE DUMP ECHO EXISTS EXPIRETIME GEODIST GEOHASH GEOPOS GEORADIUS_RO ' +
    'GEORADIUSBYMEMBER_RO GEOSEARCH GET GETBIT GETRANGE HEXISTS HEXPIRETIME HGET HGETALL HKEYS HLEN HMGET ' +
    'HPEXPIRETIME HPTTL HRANDFIELD HSCAN HSTRLEN HTTL HVALS JSON.ARRINDEX JSON.ARRLEN JSON.GET JSON.MGET ' +
    'JSON.OBJKEYS JSON.OBJLEN JSON.RESP JSON.STRLEN JSON.TYPE LCS LINDEX LLEN LPOS LRANGE MGET PEXPIRETIME ' +
    'PFCOUNT PING PTTL SCARD SDIFF SINTER SINTERCARD SISMEMBER SMEMBERS SMISMEMBER SORT_RO SRANDMEMBER SSCAN ' +
    'STRLEN SUBSTR SUNION TIME TTL TYPE XINFO XLEN XPENDING XRANGE XREAD XREVRANGE ZCARD ZCOUNT ZDIFF ZINTER ' +
    'ZINTERCARD ZLEXCOUNT ZMSCORE ZRANDMEMBER ZRANGE ZRANGEBYLEX ZRANGEBYSCORE ZRANK ZREVRANGE ' +
    'ZREVRANGEBYLEX ZREVRANGEBYSCORE ZREVRANK ZSCAN ZSCORE ZUNION'
  ).split(' '),
);

/** Why a read-only token may not run a command, in the words of Redis and Upstash; nothing when it may. */
export function readOnlyRefusal(name: string): string | undefined {
  if (READS.has(name.toUpperCase())) return undefined;
  return `NOPERM this user has no permissions to run the '${name.toLowerCase()}' command or its subcommand`;
}
