import type { Connection } from './connection.js';

/**
 * The keys that exist only while they have entries: each of them means that there is something to run. A schedule
 * that somebody suspended, and did not live to bring elsewhere, is waited for, too.
 */
const WORK_KEYS = ['wait', 'active', 'delayed', 'prioritized', 'paused', 'switchyard:suspended'] as const;

/**
 * Which of these queues have anything to run. One EXISTS when none has.
 *
 * @param hasSchedules asked of a queue whose only sign of work is its schedules, one of which may have ended
 */
export async function queuesWithWork(
  redis: Connection,
  prefix: string,
  queues: readonly string[],
  hasSchedules: (queue: string) => Promise<boolean>,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  if (queues.length === 0) return found;
  const workKeys = (queue: string) => WORK_KEYS.map((type) => `${prefix}:${queue}:${type}`);
  const keys = queues.flatMap((queue) => [...workKeys(queue), `${prefix}:${queue}:repeat`]);
  if ((await redis.exists(keys)) === 0) return found;
  await Promise.all(
    queues.map(async (queue) => {
      if ((await redis.exists(workKeys(queue))) > 0 || (await hasSchedules(queue))) found.add(queue);
    }),
  );
  return found;
}
