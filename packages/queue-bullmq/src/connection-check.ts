import { InvalidOptionError } from '@switchyard/queue-contract';
import { isCluster, type Connection } from './connection.js';

const WANTED = 'a client of ioredis 5: a Redis, or a Cluster';

/**
 * Refuses what would work by halves: ioredis 6 speaks another protocol by default, in which some replies have a shape
 * that BullMQ does not read, and a prefix that the client adds by itself is unknown to BullMQ's scripts.
 *
 * @throws InvalidOptionError that says what to lend instead
 */
export function checkConnection(connection: Connection): void {
  const refuse = (what: string, allowed = WANTED): never => {
    throw new InvalidOptionError('connection', what, allowed);
  };
  if (typeof connection !== 'object' || connection === null) return refuse(typeof connection);
  if (typeof connection.duplicate !== 'function' || typeof connection.sendCommand !== 'function') {
    return refuse('no ioredis client');
  }
  if (isOfIoredis6(connection)) refuse('an ioredis client of version 6 or newer');
  const options = isCluster(connection)
    ? { ...connection.options.redisOptions, ...connection.options }
    : connection.options;
  if ('stringNumbers' in options && options.stringNumbers) {
    refuse('one with stringNumbers', `${WANTED}, whose numbers are numbers`);
  }
  if (options.keyPrefix) {
    throw new InvalidOptionError('keyPrefix of the connection', options.keyPrefix, 'none; see prefix');
  }
}

/** Options that came with ioredis 6, which a client of it has whether they were set or not. */
function isOfIoredis6({ options }: Connection): boolean {
  return 'protocol' in options || 'himportFieldsets' in options;
}
