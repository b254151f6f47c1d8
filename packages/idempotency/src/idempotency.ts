import type { HttpRedis } from '@switchyard/http-redis';
import type { KeptFailure } from './errors.js';
import type { IdempotencyKey } from './record-key.js';

export interface IdempotencyOptions {
  /** Lent, never closed. */
  readonly redis: HttpRedis;
  /** Keeps apart what shares a Redis: keys are `idempotency:<namespace>:…`. Default `default`. */
  readonly namespace?: string;
  /** How long an end is remembered, measured from it. From 1 s to 31 days; default 86 400, which is 24 h. */
  readonly windowSeconds?: number;
  /** How long a claim lasts that is not renewed. From 0.1 s to a day; default 30. */
  readonly leaseSeconds?: number;
  /** The most a result may have as JSON. From 0 to 4 MiB; default 65 536. */
  readonly maxResultBytes?: number;
}

export interface ClaimOptions {
  /** Of this claim alone. From 0.1 s to a day; default: that of `createIdempotency`. */
  readonly leaseSeconds?: number;
  /** Gives up asking when aborted, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The right, for the length of a lease, to do what the key stands for. */
export interface Claim {
  readonly state: 'fresh';
  /** Tells this claim from every other, of this key and any. It is no number and does not grow. */
  readonly token: string;
  /**
   * For how long the lease is ours for sure, in ms, 0 when it may have run out. By this process's monotonic clock, from
   * before the request was sent.
   */
  leaseLeftMs(): number;
  /**
   * Records that it was done, and its result, for the window. After a lapse in which nobody took the key it is accepted,
   * too. It may be repeated while it rejects with an error of http-redis.
   *
   * @throws ResultNotStorableError before anything is written: the claim stays, and may be completed otherwise
   * @throws ClaimLostError where somebody else has the key
   * @throws ClaimSettledError, ForeignRecordError
   */
  complete(result?: unknown): Promise<void>;
  /**
   * Records that it failed and is not to be tried again within the window.
   *
   * @throws ClaimLostError where somebody else has the key
   * @throws ClaimSettledError, ForeignRecordError
   */
  fail(error: unknown): Promise<void>;
  /**
   * Gives the key back, so that the next may try. After an end, and when it is somebody else's, it does nothing. When
   * Redis cannot be asked the lease gives it back.
   *
   * @returns whether it was ours to give back
   */
  release(): Promise<boolean>;
  /**
   * Begins the lease anew. Once it ran out it cannot be renewed, since somebody may have had the key in between.
   *
   * @throws ClaimLostError, ClaimSettledError, ForeignRecordError
   */
  renew(options?: Pick<ClaimOptions, 'signal'>): Promise<void>;
}

export type ClaimOutcome =
  | Claim
  /** Somebody else is at it; `retryAfterMs` is their lease: by then it has ended, was renewed, or is free. */
  | { readonly state: 'in-progress'; readonly retryAfterMs: number }
  | { readonly state: 'done'; readonly result: unknown }
  | { readonly state: 'failed'; readonly failure: KeptFailure };

export interface OnceOptions extends ClaimOptions {
  /**
   * How long to wait for somebody else who is at it, in seconds. Each look bills a command: the first after 50 ms, each
   * pause twice as long as the one before, up to 2 s. Default 0: an `InProgressError` at once.
   */
  readonly waitSeconds?: number;
  /**
   * Whether a failure of `run` is an answer that stands for the window: others then get a `KeptFailureError`. By default
   * none is, and the next may try.
   */
  readonly keepFailure?: (error: unknown) => boolean;
}

/**
 * Do it once: whoever claims a key first does the work, everybody else learns that it is being done or was.
 *
 * Every method that asks Redis rejects with the errors of http-redis when it does not answer: nobody goes on without
 * having heard that the key is theirs. An `InvalidIdempotencyOptionError` is thrown for a key or option that is not
 * allowed.
 */
export interface Idempotency {
  /**
   * One command, whatever the answer. A claim whose answer was lost is asked for again under the same token, by the
   * retries of http-redis and by the next `claim` of the key by this object.
   *
   * Where the answer took more than half of the lease, the lease is begun anew, for three commands.
   *
   * @throws ForeignRecordError
   * @throws ClaimLostError where answers take longer than the lease, so that it was over twice before it could be had
   */
  claim(key: IdempotencyKey, options?: ClaimOptions): Promise<ClaimOutcome>;

  /**
   * Runs `run` if nobody has within the window, and gives everybody its result as JSON carries it. The lease is renewed
   * every half of it for as long as `run` takes. `signal` is aborted with a `ClaimLostError` once the lease can no longer
   * be ours, and with the caller's reason when the caller's signal is; what `run` makes of that is up to it.
   *
   * When `run` fails the key is given back and its error passes through. A result that cannot be kept is recorded as a
   * failure, since `run` must not run again.
   *
   * @throws InProgressError, KeptFailureError, ForeignRecordError, ClaimLostError before `run`
   * @throws ResultNotStorableError, ClaimLostError, ResultNotRecordedError after it
   */
  once<T>(
    key: IdempotencyKey,
    run: (signal: AbortSignal) => Promise<T> | T,
    options?: OnceOptions,
  ): Promise<T>;

  /**
   * First of two steps, for a handler that does its work between them: was this processed? It is the same key as
   * `claim([queue, key])`.
   *
   * `true`: within the window, skip it. `false`: not yet, and it is now claimed for this process: go on, then call
   * `markProcessed`. The lease is not renewed, since nobody says when a handler has failed: let `leaseSeconds` be as long
   * as it may take.
   *
   * @throws InProgressError while somebody holds it, so that the job is tried again later: it is neither done nor free
   * @throws KeptFailureError, ForeignRecordError, ClaimLostError as `once` does before it runs anything
   */
  checkIdempotency(queue: string, key: string, options?: ClaimOptions): Promise<boolean>;

  /**
   * Second of two steps: completes the claim that this process got from `checkIdempotency`. Where this process has none,
   * it records the end if nobody holds the key, and does nothing if it has ended before.
   *
   * Two runs of one key in one process cannot be told apart by these names: where the first outlives its lease, its
   * mark counts for the second. `claim` can.
   *
   * @throws ResultNotStorableError, ForeignRecordError
   * @throws ClaimLostError where somebody else has the key
   * @throws ClaimSettledError beside another mark or release of it that is under way in this process
   */
  markProcessed(queue: string, key: string, result?: unknown): Promise<void>;

  /**
   * In place of the second step, when the handler failed: gives the key back at once instead of after the lease.
   *
   * @returns whether it was this process's to give back
   */
  releaseIdempotency(queue: string, key: string): Promise<boolean>;
}
