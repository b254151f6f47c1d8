import type { EngineContext } from './engine-context.js';

/**
 * Which queues have something to run, now or later.
 *
 * A schedule that somebody suspended, and did not live to bring elsewhere, is waited for, too.
 *
 * A job that can still run is in one of the first four. So is the pending firing of every schedule, while a member of
 * `repeat` or `priority` may be left behind by one that is over: those two say nothing.
 */
export async function findWork(
  { keys, client, call }: EngineContext,
  queues: readonly string[],
): Promise<ReadonlySet<string>> {
  if (queues.length === 0) return new Set();
  const keysOf = (queue: string) => {
    const { wait, active, delayed, paused, suspended } = keys(queue);
    return [wait, active, delayed, paused, suspended];
  };
  if ((await call(() => client.exists(...queues.flatMap(keysOf)))) === 0) return new Set();
  const pipeline = client.pipeline();
  for (const queue of queues) pipeline.exists(...keysOf(queue));
  const replies = (await call(() => pipeline.exec())) ?? [];
  for (const [error] of replies) if (error) throw error;
  return new Set(queues.filter((_, n) => replies[n]?.[1] !== 0));
}
