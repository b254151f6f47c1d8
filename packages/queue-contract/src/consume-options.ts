import type { ConsumeOptions } from './job-consumer.js';
import { checkOptionNames } from './option-names.js';
import { checkWorkerSettings, type QueueDefinition, type RateLimit } from './queue-definition.js';

/** What a consumer goes by. */
export interface ResolvedConsumeOptions extends ConsumeOptions {
  readonly concurrency: number;
  readonly limit: RateLimit | undefined;
}

/**
 * Checks what somebody gave to `consume` and fills in what the queue declares.
 *
 * @throws InvalidOptionError
 */
export function resolveConsumeOptions(
  definition: Pick<QueueDefinition, 'name' | 'worker'>,
  options: ConsumeOptions = {},
): ResolvedConsumeOptions {
  const where = `queue "${definition.name}"`;
  checkOptionNames(`a consumer of ${where}`, options, ['concurrency', 'limit', 'signal', 'gate']);
  const { worker = {} } = definition;
  const { concurrency = worker.concurrency ?? 1, limit = worker.limit, signal, gate } = options;
  checkWorkerSettings(where, { concurrency, limit });
  return { concurrency, limit, signal, gate };
}
