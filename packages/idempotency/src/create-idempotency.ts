import { checkedLeaseMs, checkedWindowMs, checkNames, checkNumber } from './check-options.js';
import { createTakeClaim, type ClaimsContext } from './claims.js';
import { InvalidIdempotencyOptionError } from './errors.js';
import type { ClaimOptions, Idempotency, IdempotencyOptions } from './idempotency.js';
import { runOnce } from './run-once.js';
import { createTwoSteps } from './two-steps.js';

const MAX_RESULT_BYTES = 4 * 1024 * 1024;
const CLAIM_OPTIONS = ['leaseSeconds', 'signal'];
const ONCE_OPTIONS = [...CLAIM_OPTIONS, 'waitSeconds', 'keepFailure'];

/**
 * Claims, ends and their results on an HTTP Redis. It opens nothing and needs no closing.
 *
 * @throws InvalidIdempotencyOptionError
 */
export function createIdempotency(options: IdempotencyOptions): Idempotency {
  checkNames(options, ['redis', 'namespace', 'windowSeconds', 'leaseSeconds', 'maxResultBytes']);
  const { redis, namespace = 'default', windowSeconds = 86_400, leaseSeconds = 30 } = options;
  if (typeof namespace !== 'string' || !/^[^\s]{1,64}$/.test(namespace)) {
    throw new InvalidIdempotencyOptionError('namespace', namespace, '1 to 64 characters without white space');
  }
  const defaultLeaseMs = checkedLeaseMs(leaseSeconds);
  const context: ClaimsContext = {
    redis: redis.with({ source: 'idempotency' }),
    namespace,
    windowMs: checkedWindowMs(windowSeconds),
    maxResultBytes: checkNumber('maxResultBytes', options.maxResultBytes ?? 65_536, 0, MAX_RESULT_BYTES),
  };
  const take = createTakeClaim(context);
  const twoSteps = createTwoSteps(context, take);

  function claimRequest(claimOptions: ClaimOptions, allowed = CLAIM_OPTIONS) {
    checkNames(claimOptions, allowed);
    const { leaseSeconds: ownSeconds, signal } = claimOptions;
    return { leaseMs: ownSeconds === undefined ? defaultLeaseMs : checkedLeaseMs(ownSeconds), signal };
  }

  // Async throughout: a call that is refused rejects, it does not throw.
  return {
    claim: async (key, claimOptions = {}) => take(key, claimRequest(claimOptions)),
    once: async (key, run, onceOptions = {}) => {
      const { waitSeconds = 0, keepFailure = () => false } = onceOptions;
      if (typeof keepFailure !== 'function') {
        throw new InvalidIdempotencyOptionError('keepFailure', keepFailure, 'a function');
      }
      return runOnce(take, key, run, {
        ...claimRequest(onceOptions, ONCE_OPTIONS),
        waitMs: checkNumber('waitSeconds', waitSeconds, 0, 86_400) * 1000,
        maxResultBytes: context.maxResultBytes,
        keepFailure,
      });
    },
    checkIdempotency: async (queue, key, claimOptions = {}) =>
      twoSteps.check(queue, key, claimRequest(claimOptions)),
    markProcessed: async (queue, key, result) => twoSteps.mark(queue, key, result),
    releaseIdempotency: async (queue, key) => twoSteps.release(queue, key),
  };
}
