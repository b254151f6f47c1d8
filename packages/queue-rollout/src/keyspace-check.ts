import type { QueueDefinition, QueueEngine } from '@switchyard/queue-contract';
import { randomUUID } from 'node:crypto';
import { RolloutConfigurationError } from './errors.js';
import { SIDES, type Engines } from './sides.js';

/** How long the mark of the check lasts. */
const CLAIM_MS = 10_000;

/** @throws RolloutConfigurationError when both engines say that they keep their queues in the same place */
export function checkKeyspaceNames({ legacy, target }: Engines): void {
  if (legacy && legacy.keyspace === target.keyspace) refuse(legacy, target, target.keyspace);
}

/**
 * One place may go by two names, such as those of a host: then what one engine claims is held for the other, too. Two
 * commands.
 *
 * @throws RolloutConfigurationError
 */
export async function checkKeyspaces(
  { legacy, target }: Engines,
  definition: QueueDefinition,
): Promise<void> {
  if (!legacy) return;
  const claims = { legacy: legacy.queue(definition).claims, target: target.queue(definition).claims };
  // Under a name of its own: who started a moment ago, perhaps the other way round, left a mark, too.
  const key = `side:${randomUUID()}`;
  for (const side of SIDES) {
    const [holder] = await claims[side].claim([key], side, CLAIM_MS);
    if (holder !== side) refuse(legacy, target, `${target.keyspace}, alias ${legacy.keyspace}`);
  }
}

function refuse(legacy: QueueEngine, target: QueueEngine, where: string): never {
  throw new RolloutConfigurationError(
    `engines "${legacy.name}" and "${target.name}" both keep their queues in ${where}; give one of them another prefix`,
  );
}
