import type { RedisCommand } from './http-redis.js';

/** Commands whose first argument is a key and that change nothing. */
const KEY_READS = words(`
  GET GETRANGE SUBSTR STRLEN MGET EXISTS TTL PTTL EXPIRETIME PEXPIRETIME TYPE DUMP BITCOUNT BITPOS GETBIT BITFIELD_RO LCS
  HGET HGETALL HMGET HKEYS HVALS HLEN HEXISTS HSTRLEN HRANDFIELD HSCAN HTTL HPTTL HEXPIRETIME HPEXPIRETIME
  LRANGE LINDEX LLEN LPOS SCARD SISMEMBER SMISMEMBER SMEMBERS SRANDMEMBER SSCAN SINTER SUNION SDIFF
  ZCARD ZCOUNT ZLEXCOUNT ZRANGE ZRANGEBYLEX ZRANGEBYSCORE ZREVRANGE ZREVRANGEBYLEX ZREVRANGEBYSCORE ZRANK ZREVRANK
  ZSCORE ZMSCORE ZSCAN ZRANDMEMBER XLEN XRANGE XREVRANGE XPENDING PFCOUNT SORT_RO
  GEOHASH GEOPOS GEODIST GEOSEARCH GEORADIUS_RO GEORADIUSBYMEMBER_RO
  JSON.GET JSON.TYPE JSON.STRLEN JSON.ARRLEN JSON.ARRINDEX JSON.OBJKEYS JSON.OBJLEN JSON.RESP JSON.MGET`);

/** Commands whose first argument is a key and that may change something. */
const KEY_WRITES = words(`
  SET SETEX PSETEX SETNX SETRANGE APPEND GETSET GETDEL GETEX INCR INCRBY INCRBYFLOAT DECR DECRBY MSET MSETNX
  DEL UNLINK TOUCH EXPIRE PEXPIRE EXPIREAT PEXPIREAT PERSIST RENAME RENAMENX COPY RESTORE MOVE SETBIT BITFIELD SORT
  HSET HSETNX HMSET HDEL HINCRBY HINCRBYFLOAT HEXPIRE HPEXPIRE HEXPIREAT HPEXPIREAT HPERSIST HGETDEL HGETEX HSETEX
  LPUSH LPUSHX RPUSH RPUSHX LPOP RPOP LSET LINSERT LREM LTRIM LMOVE RPOPLPUSH
  SADD SREM SPOP SMOVE SINTERSTORE SUNIONSTORE SDIFFSTORE
  ZADD ZREM ZINCRBY ZPOPMIN ZPOPMAX ZREMRANGEBYSCORE ZREMRANGEBYRANK ZREMRANGEBYLEX
  ZRANGESTORE ZUNIONSTORE ZINTERSTORE ZDIFFSTORE
  XADD XDEL XTRIM XACK XCLAIM XAUTOCLAIM XSETID PFADD PFMERGE GEOADD GEORADIUS GEORADIUSBYMEMBER GEOSEARCHSTORE
  JSON.SET JSON.MSET JSON.DEL JSON.FORGET JSON.CLEAR JSON.MERGE JSON.TOGGLE JSON.NUMINCRBY JSON.NUMMULTBY
  JSON.STRAPPEND JSON.ARRAPPEND JSON.ARRINSERT JSON.ARRPOP JSON.ARRTRIM`);

/** Commands that change nothing and whose first argument is no key. */
const OTHER_READS = words(`
  PING ECHO TIME DBSIZE SCAN KEYS RANDOMKEY INFO LASTSAVE EVAL_RO EVALSHA_RO FCALL_RO ZUNION ZINTER ZDIFF ZINTERCARD
  SINTERCARD`);

/** Commands with the number of keys, and then keys, behind their second word. */
const SCRIPT_CALLS = words('EVAL EVALSHA EVAL_RO EVALSHA_RO FCALL FCALL_RO');

/** What a metered Redis does not bill; `billedCommands` of local-redis leaves out the same. */
const NOT_BILLED = words('AUTH HELLO SELECT COMMAND CONFIG INFO PING RESET QUIT');

const PREFIX_LENGTH = 48;

export function commandName(command: RedisCommand): string {
  return command[0].toUpperCase();
}

/** Whether running it twice does the same as once because it only reads. Unknown commands do not. */
export function isRead(name: string): boolean {
  return KEY_READS.has(name) || OTHER_READS.has(name);
}

export function isScriptCall(name: string): boolean {
  return SCRIPT_CALLS.has(name);
}

export function billedFor(name: string): number {
  return NOT_BILLED.has(name) ? 0 : 1;
}

/** What may be told of the key: its part before the second `:`, cut. Null for commands that are not known. */
export function keyPrefixOf(name: string, command: RedisCommand): string | null {
  if (KEY_READS.has(name) || KEY_WRITES.has(name)) return prefixOfKey(command[1]);
  if (SCRIPT_CALLS.has(name)) return Number(command[2]) > 0 ? prefixOfKey(command[3]) : null;
  return null;
}

export function prefixOfKey(key: string | number | undefined): string | null {
  if (key === undefined) return null;
  const text = String(key);
  const second = text.indexOf(':', text.indexOf(':') + 1);
  return text.slice(0, Math.min(second === -1 ? text.length : second, PREFIX_LENGTH));
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
