import { createBullMqEngine } from '@switchyard/queue-bullmq';
import type { QueueEngine, ReportError } from '@switchyard/queue-contract';
import type { Redis } from 'ioredis';
import { existsSync } from 'node:fs';

export interface LegacyEngineOptions {
  readonly connection: Redis;
  readonly prefix?: string;
  readonly reportError?: ReportError;
  readonly addTimeoutMs?: number;
  readonly lockMs?: number;
}

/** Whether Bull is still part of this clone: its engine is one folder, which goes at the end. */
export const hasBull = existsSync(new URL('../../../queue-bull/package.json', import.meta.url));

/** What the engine that queues come from is, for titles. */
export const legacyIs = hasBull ? 'Bull' : 'a second BullMQ, since Bull is gone';

// Put together, so that nothing looks for it that compiles.
const bull = ['@switchyard', 'queue-bull'].join('/');
const fromBull = hasBull
  ? ((await import(bull)) as { createBullEngine(options: LegacyEngineOptions): QueueEngine })
  : null;

/**
 * The engine that queues come from, named `bull`: Bull, or where it is gone another BullMQ under a prefix of its own,
 * since what a rollout promises does not depend on the engines.
 */
export function createLegacyEngine({ prefix, ...options }: LegacyEngineOptions): QueueEngine {
  return fromBull
    ? fromBull.createBullEngine({ ...options, ...(prefix !== undefined && { prefix }) })
    : createBullMqEngine({ ...options, name: 'bull', prefix: prefix ?? 'legacy' });
}
