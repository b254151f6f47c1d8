export { createIdempotency } from './create-idempotency.js';
export {
  ClaimLostError,
  ClaimSettledError,
  ForeignRecordError,
  IdempotencyError,
  InProgressError,
  InvalidIdempotencyOptionError,
  KeptFailureError,
  ResultNotRecordedError,
  ResultNotStorableError,
  type FoundInstead,
  type KeptFailure,
} from './errors.js';
export type {
  Claim,
  ClaimOptions,
  ClaimOutcome,
  Idempotency,
  IdempotencyOptions,
  OnceOptions,
} from './idempotency.js';
export type { IdempotencyKey } from './record-key.js';
