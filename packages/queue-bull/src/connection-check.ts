import { InvalidOptionError } from '@switchyard/queue-contract';
import type { Redis } from 'ioredis';

const WANTED = 'a Redis connection of ioredis 5 to one server, by itself or through Sentinel';

/**
 * Refuses what would work by halves: on a cluster the keys of a queue may lie on several nodes, while most scripts
 * touch all of them, and ioredis 6 answers some commands in another shape than Bull reads.
 *
 * @throws InvalidOptionError that says what to lend instead
 */
export function checkConnection(connection: Redis): void {
  const refuse = (what: string, allowed = WANTED): never => {
    throw new InvalidOptionError('connection', what, allowed);
  };
  if (typeof connection !== 'object' || connection === null) return refuse(String(connection));
  if (connection.isCluster) {
    refuse(
      'an ioredis Cluster',
      `${WANTED}; queues of a Bull app on a cluster stay with that app, or are brought to such a server first`,
    );
  }
  if (typeof connection.duplicate !== 'function' || typeof connection.sendCommand !== 'function') {
    refuse('no ioredis client');
  }
  if (speaksResp3(connection)) refuse('an ioredis client of version 6 or newer');
  if (connection.options.stringNumbers)
    refuse('one with stringNumbers', `${WANTED}, whose numbers are numbers`);
}

/** ioredis 6 brought the option, with a default of its own; 5 has none. */
function speaksResp3({ options }: Redis): boolean {
  return (options as { protocol?: number } | undefined)?.protocol !== undefined;
}
