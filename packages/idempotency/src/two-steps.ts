import { createToken, doneRecord, foundInstead, WRITTEN } from './claim-record.js';
import type { ClaimRequest, ClaimsContext, TakeClaim } from './claims.js';
import { COMPLETE_CLAIM } from './complete-claim.lua.js';
import { ClaimLostError, InProgressError, KeptFailureError } from './errors.js';
import type { Claim } from './idempotency.js';
import { recordKey, shownKey } from './record-key.js';
import { resultJson } from './result-json.js';

export interface TwoSteps {
  check(queue: string, key: string, request: ClaimRequest): Promise<boolean>;
  mark(queue: string, key: string, result: unknown): Promise<void>;
  release(queue: string, key: string): Promise<boolean>;
}

/** Beyond this many claims, those whose lease has run out are forgotten, now and then. */
const MAX_REMEMBERED = 10_000;

/** Remembers between two calls the claim that the first of them got. */
export function createTwoSteps(context: ClaimsContext, take: TakeClaim): TwoSteps {
  const claims = new Map<string, Claim>();
  let forgetBeyond = MAX_REMEMBERED;

  function remember(redisKey: string, claim: Claim): void {
    claims.set(redisKey, claim);
    if (claims.size <= forgetBeyond) return;
    for (const [each, remembered] of claims) if (remembered.leaseLeftMs() === 0) claims.delete(each);
    // Looking at all of them is worth it only where that many have come since.
    forgetBeyond = Math.max(MAX_REMEMBERED, 2 * claims.size);
  }

  function forget(redisKey: string, claim: Claim): void {
    if (claims.get(redisKey) === claim) claims.delete(redisKey);
  }

  async function markUnclaimed(redisKey: string, name: string, result: unknown): Promise<void> {
    const end = doneRecord(createToken(), resultJson(result, context.maxResultBytes));
    const found = await context.redis.script<string>(COMPLETE_CLAIM, [redisKey], [end, context.windowMs]);
    if (found !== WRITTEN && foundInstead(name, found) === 'claim') throw new ClaimLostError(name, 'claim');
  }

  return {
    async check(queue, key, request) {
      const parts = [queue, key];
      const outcome = await take(parts, request);
      switch (outcome.state) {
        case 'fresh':
          remember(recordKey(context.namespace, parts), outcome);
          return false;
        case 'done':
          return true;
        case 'failed':
          throw new KeptFailureError(shownKey(parts), outcome.failure);
        case 'in-progress':
          throw new InProgressError(shownKey(parts), outcome.retryAfterMs);
      }
    },

    async mark(queue, key, result) {
      const redisKey = recordKey(context.namespace, [queue, key]);
      const claim = claims.get(redisKey);
      if (!claim) return markUnclaimed(redisKey, shownKey([queue, key]), result);
      try {
        await claim.complete(result);
      } catch (error) {
        if (error instanceof ClaimLostError) forget(redisKey, claim);
        throw error;
      }
      forget(redisKey, claim);
    },

    async release(queue, key) {
      const redisKey = recordKey(context.namespace, [queue, key]);
      const claim = claims.get(redisKey);
      if (!claim) return false;
      const released = await claim.release();
      forget(redisKey, claim);
      return released;
    },
  };
}
