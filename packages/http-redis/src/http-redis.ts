import type { CallOptions } from './call-options.js';
import type { RedisScript } from './redis-script.js';

/** One command as Redis takes it: its name, then its arguments. Strings travel as UTF-8, numbers in decimal. */
export type RedisCommand = readonly [name: string, ...args: (string | number)[]];

/** What Redis answers. An integer beyond 2^53 comes as a string of its digits; strings that are not UTF-8 lose bytes. */
export type RedisReply = string | number | null | readonly RedisReply[];

/** The reply to one command of a pipeline, or why Redis refused that one. */
export type PipelineReply = { readonly reply: RedisReply } | { readonly error: Error };

export interface SetOptions {
  /** A whole number of seconds from 1; without it the value stays. */
  readonly ttlSeconds?: number;
  /** Writes only where nothing is, or only where something is. */
  readonly when?: 'absent' | 'present';
}

export interface DeletePatternOptions {
  /** Keys asked for by each SCAN, and unlinked together. Default 500. */
  readonly batchSize?: number;
}

export interface ScoredMember {
  readonly score: number;
  readonly member: string;
}

/** `closed`: calls go out. `open`: they are refused at once. `half-open`: one goes out, to see. */
export type CircuitState = 'closed' | 'open' | 'half-open';

export interface HttpRedisHealth {
  readonly circuit: CircuitState;
  /** Failures in a row, 0 after an answer. */
  readonly consecutiveFailures: number;
  /** Code of the last failure, such as `ERR_REDIS_TIMEOUT`, and when it was. */
  readonly lastFailure: { readonly code: string; readonly atMs: number } | null;
}

/**
 * Redis over HTTP. Calls made in the same tick (until this process has nothing left to do before it waits) travel in one
 * request, in the order in which they were made. What is too much for one request, and a transaction, goes in another,
 * and requests may overtake each other: `orderKey` keeps order where it matters.
 *
 * Every method rejects with a `RedisTimeoutError` (no answer in time), a `RedisUnavailableError` (no answer to be had, or
 * the circuit is open), a `RedisAuthError` (the token) or a `RedisCommandError` (Redis refused the command); none of them
 * shows a value or a token. An argument that is not allowed rejects with an `InvalidRedisOptionError`, and nothing is sent;
 * an abort rejects with the signal's reason.
 */
export interface HttpRedis {
  command<T extends RedisReply = RedisReply>(command: RedisCommand, options?: CallOptions): Promise<T>;
  /** Several commands in one request, in order, not atomic; one that Redis refuses does not stop the others. */
  pipeline(commands: readonly RedisCommand[], options?: CallOptions): Promise<PipelineReply[]>;
  /**
   * Several commands as one MULTI/EXEC, in a request of their own. Rejects with the first error where Redis refused one; as
   * Redis has it, the others are applied where that one could be queued, and none is where it could not.
   */
  transaction(commands: readonly RedisCommand[], options?: CallOptions): Promise<RedisReply[]>;
  /** Runs a script by its hash, and once by its text where Redis does not know it. */
  script<T extends RedisReply = RedisReply>(
    script: RedisScript,
    keys: readonly string[],
    args: readonly (string | number)[],
    options?: CallOptions,
  ): Promise<T>;

  get(key: string, options?: CallOptions): Promise<string | null>;
  /** One MGET; as long as `keys`, null where there is nothing. */
  getMany(keys: readonly string[], options?: CallOptions): Promise<(string | null)[]>;
  /** @returns whether it was written; false only with `when` */
  set(key: string, value: string | number, options?: SetOptions & CallOptions): Promise<boolean>;
  /** @returns how many there were */
  del(keys: readonly string[], options?: CallOptions): Promise<number>;
  exists(key: string, options?: CallOptions): Promise<boolean>;
  /** @returns whether there is such a key */
  expire(key: string, ttlSeconds: number, options?: CallOptions): Promise<boolean>;
  /**
   * Removes what matches a glob pattern, by SCAN and UNLINK in batches. A key written meanwhile may stay.
   * The pattern must begin with at least one character that is not a wildcard.
   *
   * @returns how many were removed
   * @throws InvalidRedisOptionError for a pattern that could match every key
   */
  deletePattern(pattern: string, options?: DeletePatternOptions & CallOptions): Promise<number>;
  /** @returns how many are new */
  zadd(key: string, members: readonly ScoredMember[], options?: CallOptions): Promise<number>;
  zcard(key: string, options?: CallOptions): Promise<number>;
  /** @returns how many were removed */
  zremrangebyscore(
    key: string,
    min: number | string,
    max: number | string,
    options?: CallOptions,
  ): Promise<number>;

  /** The same client with other defaults, such as the source that its commands are counted under. */
  with(defaults: CallOptions): HttpRedis;
  /** What is known of Redis without asking it. */
  health(): HttpRedisHealth;
  /** Refuses further calls and waits for those under way; a client made by `with` closes nothing. */
  close(): Promise<void>;
}
