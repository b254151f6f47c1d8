import type { Generation } from './generations.js';
import type { Load } from './pending-loads.js';

/** A generation that an entry was written under: the entry counts as long as its scope is still of that generation. */
export interface Stamp {
  /** Redis key of the generation. */
  readonly scope: string;
  /** Null for the user's. */
  readonly tag: string | null;
  readonly generation: Generation;
}

/** A value as it travels through BentoCache and both tiers: its JSON, and what is known of it. Never changed. */
export interface CachedValue {
  readonly text: string;
  /** Where it came from. */
  readonly origin: 'memory' | 'http' | 'fetch';
  /** End of being fresh, by the wall clock. */
  readonly expiresAtMs: number;
  /** End of being served at all, by the wall clock. */
  readonly staleUntilMs: number;
  /** What it is written under; undefined where Redis did not say, and the value stays in memory. */
  readonly stamps: readonly Stamp[] | undefined;
  readonly tags: readonly string[];
  /** When Redis was asked for it, or its fetch began, by the monotonic clock: memory trusts it for a while from then. */
  readonly asOfMs: number;
  /** What it is being written for; none once it is in a tier. */
  readonly load: Load | undefined;
}
