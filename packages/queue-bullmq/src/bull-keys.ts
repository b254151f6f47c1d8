import type { Connection } from './connection.js';

/** BullMQ writes at least one of these where it has ever held a job, Bull none: all it keeps in `meta` is a pause. */
const BULLMQ_META = ['version', 'opts.maxLenEvents'];

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
 * jobs. Bull's queue that has never held a job cannot be told from none. Costs one command, three for a queue in use.
 *
 * @param key the Redis key of one of the queue's structures
 */
export async function isQueueOfBull(connection: Connection, key: (type: string) => string): Promise<boolean> {
  if ((await connection.exists(BULL_KEYS.map(key))) === 0) return false;
  // Asked last: what another process adds meanwhile has come after that process's own mark.
  const [hasEvents, meta] = await Promise.all([
    connection.exists(key('events')),
    connection.hmget(key('meta'), ...BULLMQ_META),
  ]);
  return hasEvents === 0 && meta.every((field) => field === null);
}
