import type { HttpRedis } from '@switchyard/http-redis';
import { claimedRecord, createToken, readRecord, type ClaimToken } from './claim-record.js';
import { createClaim } from './claim.js';
import { ClaimLostError } from './errors.js';
import type { ClaimOutcome } from './idempotency.js';
import { recordKey, shownKey, type IdempotencyKey } from './record-key.js';
import { createUnansweredClaims } from './unanswered-claims.js';

export interface ClaimsContext {
  readonly redis: HttpRedis;
  readonly namespace: string;
  readonly windowMs: number;
  readonly maxResultBytes: number;
}

export interface ClaimRequest {
  readonly leaseMs: number;
  readonly signal?: AbortSignal;
}

/** Claims a key, if nobody has it. */
export type TakeClaim = (key: IdempotencyKey, request: ClaimRequest) => Promise<ClaimOutcome>;

/** Where the answer took so long that less than this share of the lease is left for sure, it is worth a renewal. */
const MIN_SHARE_LEFT = 0.5;

export function createTakeClaim(context: ClaimsContext): TakeClaim {
  const unanswered = createUnansweredClaims();

  return async function take(key, request) {
    const { leaseMs, signal } = request;
    const redisKey = recordKey(context.namespace, key);
    const name = shownKey(key);
    let token: ClaimToken = createToken();
    try {
      const sentAtMs = performance.now();
      // A repetition finds its own token where an earlier try was applied and only its answer was lost.
      const found = await context.redis.command(
        ['SET', redisKey, claimedRecord(token, leaseMs), 'NX', 'GET', 'PX', leaseMs],
        { isSafeToRepeat: true, signal },
      );
      const theirs = found === null ? undefined : readRecord(name, found);
      const isAdopted = theirs?.state === 'claimed' && unanswered.adopt(theirs.token);
      if (isAdopted) token = theirs.token;
      else if (theirs && !(theirs.state === 'claimed' && theirs.token === token)) {
        return theirs.state === 'claimed' ? { state: 'in-progress', retryAfterMs: theirs.leaseMs } : theirs;
      }
      const claim = createClaim(context, { name, redisKey, token, leaseMs, sentAtMs });
      if (isAdopted || claim.leaseLeftMs() < leaseMs * MIN_SHARE_LEFT) await claim.renew();
      return claim;
    } catch (error) {
      // Somebody took the key between the answer and the renewal: see who.
      if (error instanceof ClaimLostError) return take(key, request);
      unanswered.remember(token);
      throw error;
    }
  };
}
