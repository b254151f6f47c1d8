/**
 * Why a command is refused to everybody, in Upstash's words; nothing when Redis may decide. What is refused would block
 * or change the connection that all share, is answered with something else than one reply, or takes the server away.
 *
 * https://upstash.com/docs/redis/features/restapi#rest---redis-api-compatibility
 */
export function refusal(name: string, args: readonly (string | Buffer)[]): string | undefined {
  // Redis compares names as C strings, so one with a NUL byte could pass for another.
  if (!/^[\w.-]+$/.test(name)) return `ERR unknown command '${name.slice(0, 128).replace(/[^ -~]/g, '?')}'`;
  const command = name.toUpperCase();
  const reason = reasonAgainst(command, args);
  return reason && `ERR Command is not available: '${command}'. ${reason}`;
}

function reasonAgainst(command: string, args: readonly (string | Buffer)[]): string | undefined {
  const option = () => String(args[0]).toUpperCase();
  if (command === 'XREAD' || command === 'XREADGROUP') return hasBlock(args) ? BLOCKS : undefined;
  if (command === 'SCRIPT') return option() === 'DEBUG' ? CONNECTION : undefined;
  // The official SDK introduces itself with it.
  if (command === 'CLIENT' && option() === 'SETINFO') return undefined;
  return REASONS.get(command);
}

const BLOCKS = 'It blocks, and a REST request has no connection of its own to wait on';
const CONNECTION = 'It is about a connection, and a REST request has none of its own';
const TRANSACTION = 'Send a transaction to /multi-exec';
const SUBSCRIPTION = 'Subscribe at /subscribe/<channel> or /psubscribe/<pattern>';
const MONITORING = 'Monitor at /monitor';
const ADMINISTRATION = 'It administers the server, and is not for those who use it over REST';

const list = (reason: string, names: string) => names.split(' ').map((name) => [name, reason] as const);

const REASONS: ReadonlyMap<string, string> = new Map([
  ...list(BLOCKS, 'BLPOP BRPOP BRPOPLPUSH BLMOVE BLMPOP BZPOPMIN BZPOPMAX BZMPOP WAIT WAITAOF'),
  ...list(
    CONNECTION,
    'AUTH HELLO SELECT QUIT RESET CLIENT ASKING READONLY READWRITE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE',
  ),
  ...list(TRANSACTION, 'MULTI EXEC DISCARD WATCH UNWATCH'),
  ...list(SUBSCRIPTION, 'SUBSCRIBE PSUBSCRIBE SSUBSCRIBE'),
  ...list(MONITORING, 'MONITOR'),
  ...list(
    ADMINISTRATION,
    'BGREWRITEAOF BGSAVE CLUSTER CONFIG DEBUG FAILOVER MIGRATE MODULE PFDEBUG PSYNC REPLCONF REPLICAOF ' +
      'RESTORE-ASKING SAVE SHUTDOWN SLAVEOF SYNC',
  ),
]);

/** Among the options, not as the name of a group, a consumer or a stream. */
function hasBlock(args: readonly (string | Buffer)[]): boolean {
  for (let at = 0; at < args.length; at += 1) {
    const option = String(args[at]).toUpperCase();
    if (option === 'BLOCK') return true;
    if (option === 'STREAMS') return false;
    if (option === 'GROUP') at += 2;
  }
  return false;
}
