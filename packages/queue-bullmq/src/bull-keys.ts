import type { Connection } from './connection.js';

/** BullMQ leaves at least one of these where it has ever held a job, Bull none. */
const BULLMQ_KEYS = ['meta', 'events'];

/** What Bull keeps of a queue that it has ever served. */
const BULL_KEYS = [
  'id',
  'wait',
  'paused',
  'meta-paused',
  'active',
  'delayed',
  'priority',
  'completed',
  'failed',
  'repeat',
];

/**
 * Whether Bull keeps a queue under these keys. On keys of both, each library would run, pause and lose the other's
 * jobs. Bull's queue that has never held a job cannot be told from none. Costs one EXISTS, two for a queue in use.
 *
 * @param key the Redis key of one of the queue's structures
 */
export async function isQueueOfBull(connection: Connection, key: (type: string) => string): Promise<boolean> {
  if ((await connection.exists(BULL_KEYS.map(key))) === 0) return false;
  // Asked last: what another process adds meanwhile has come after that process's own mark.
  return (await connection.exists(BULLMQ_KEYS.map(key))) === 0;
}
