import { billedCommands, commandsBetween, parseCommandStats, type CommandStats } from '../command-stats.js';
import type { RedisConnection } from './redis-connection.js';
import { errorOf } from './reply-json.js';

/** What a piece of work asked of an endpoint and of the Redis behind it. */
export interface WorkCost {
  /** HTTP requests: round trips. */
  readonly requests: number;
  /** Commands that a metered Redis bills, those inside of scripts included. */
  readonly billed: number;
  /** Calls by command in lower case, whether billed or not. */
  readonly calls: CommandStats;
}

/**
 * Asks Redis before and after what it has run so far, which nobody is billed for.
 *
 * @throws {RedisGoneError} or an Error when Redis cannot be asked, or refuses INFO
 */
export async function costOf(
  work: () => Promise<unknown>,
  connection: RedisConnection,
  requests: () => number,
): Promise<WorkCost> {
  const [requestsBefore, before] = [requests(), await readStats(connection)];
  await work();
  const [requestsAfter, after] = [requests(), await readStats(connection)];
  return {
    requests: requestsAfter - requestsBefore,
    billed: billedCommands(before, after),
    calls: commandsBetween(before, after),
  };
}

async function readStats(connection: RedisConnection): Promise<CommandStats> {
  let text = '';
  let refusal: string | undefined;
  await connection.send([['INFO', 'commandstats']], (reply) => {
    refusal = errorOf(reply);
    text = reply.toString();
  });
  if (refusal !== undefined) throw new Error(`Redis does not tell what it has run: ${refusal}`);
  return parseCommandStats(text);
}
