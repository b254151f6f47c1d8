/** Every error of this package: `code` is stable and is what callers match on; messages may change. */
export abstract class IdempotencyError extends Error {
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
}

/** An option or key that is not allowed. The message shows the value and what is allowed. */
export class InvalidIdempotencyOptionError extends IdempotencyError {
  readonly code = 'ERR_IDEMPOTENCY_OPTION';
  constructor(
    readonly option: string,
    readonly value: unknown,
    readonly allowed: string,
  ) {
    super(`${option} is ${show(value)}, allowed: ${allowed}`);
  }
}

/** Somebody else is at it. Nothing was run. */
export class InProgressError extends IdempotencyError {
  readonly code = 'ERR_IDEMPOTENCY_IN_PROGRESS';
  constructor(
    readonly key: string,
    /** By then the claim is completed, renewed or free again. */
    readonly retryAfterMs: number,
  ) {
    super(
      `"${key}" is in progress elsewhere; its claim lasts ${retryAfterMs} ms at most unless it is renewed`,
    );
  }
}

/** The claim was lost: its lease ran out, and somebody else took the key or may have taken it. */
export class ClaimLostError extends IdempotencyError {
  readonly code = 'ERR_IDEMPOTENCY_CLAIM_LOST';
  constructor(
    readonly key: string,
    readonly foundInstead: FoundInstead,
    options?: ErrorOptions,
  ) {
    super(`the claim of "${key}" was lost: ${FOUND_INSTEAD[foundInstead]}`, options);
  }
}

/**
 * What there is in place of a claim: somebody else's `claim`, an `end` that somebody recorded, `nothing`, or it is
 * `unknown` because the lease could not be renewed in time.
 */
export type FoundInstead = 'claim' | 'end' | 'nothing' | 'unknown';

const FOUND_INSTEAD: Readonly<Record<FoundInstead, string>> = {
  claim: 'somebody else holds the key',
  end: 'somebody else has ended it',
  nothing: 'its lease ran out',
  unknown: 'it could not be renewed in time',
};

/** A claim that was completed, failed or released is not there to be ended or renewed again. */
export class ClaimSettledError extends IdempotencyError {
  readonly code = 'ERR_IDEMPOTENCY_CLAIM_SETTLED';
  constructor(readonly key: string) {
    super(`the claim of "${key}" was completed, failed or released before`);
  }
}

/** A result that cannot be kept: JSON has no word for it, or it is too large. Nothing was written. */
export class ResultNotStorableError extends IdempotencyError {
  readonly code = 'ERR_IDEMPOTENCY_RESULT_NOT_STORABLE';
  constructor(
    readonly problem: string,
    /** How large it is as JSON, where that is the problem. */
    readonly bytes?: number,
    options?: ErrorOptions,
  ) {
    super(`the result cannot be kept: ${problem}`, options);
  }
}

/**
 * The function ran to its end, but whether that was recorded is not known, because Redis did not answer. If it was not,
 * the key is free again when the lease ends.
 */
export class ResultNotRecordedError extends IdempotencyError {
  readonly code = 'ERR_IDEMPOTENCY_RESULT_NOT_RECORDED';
  constructor(
    readonly key: string,
    /** What the function answered. */
    readonly result: unknown,
    options: ErrorOptions,
  ) {
    super(`"${key}" was done, but Redis did not confirm that it is recorded`, options);
    // Results are not for logs, where errors end up with all their fields.
    Object.defineProperty(this, 'result', { enumerable: false });
  }
}

/** It was tried within the window and failed in a way that was to be kept. Nothing was run. */
export class KeptFailureError extends IdempotencyError {
  readonly code = 'ERR_IDEMPOTENCY_KEPT_FAILURE';
  constructor(
    readonly key: string,
    readonly failure: KeptFailure,
  ) {
    super(`"${key}" failed before, and that was kept: ${failure.name}: ${failure.message}`);
  }
}

/** What is kept of an error: each at most 500 characters. */
export interface KeptFailure {
  readonly name: string;
  readonly message: string;
  /** The error's `code`, where it is a string. */
  readonly code?: string;
}

/** What Redis holds under the key was not written by this package, or not by a version that this one understands. */
export class ForeignRecordError extends IdempotencyError {
  readonly code = 'ERR_IDEMPOTENCY_FOREIGN_RECORD';
  constructor(
    readonly key: string,
    options?: ErrorOptions,
  ) {
    super(`what Redis holds for "${key}" is no record of this package`, options);
  }
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 100));
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return `[${value.slice(0, 10).map(show).join(', ')}]`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
