import { RedisTimeoutError, RedisUnavailableError, type HttpRedis } from '@switchyard/http-redis';
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

  /** @returns what is there already, or null: then the claim is */
  async function setWhereNothingIs(redisKey: string, token: ClaimToken, { leaseMs, signal }: ClaimRequest) {
    signal?.throwIfAborted();
    try {
      // A repetition finds its own token where an earlier try was applied and only its answer was lost.
      return await context.redis.command(
        ['SET', redisKey, claimedRecord(token, leaseMs), 'NX', 'GET', 'PX', leaseMs],
        { isSafeToRepeat: true, signal },
      );
    } catch (error) {
      if (!wasNeverApplied(error)) unanswered.remember(token);
      throw error;
    }
  }

  async function take(key: IdempotencyKey, request: ClaimRequest, isLastTry: boolean): Promise<ClaimOutcome> {
    const { leaseMs, signal } = request;
    const redisKey = recordKey(context.namespace, key);
    const name = shownKey(key);
    const ownToken = createToken();
    const sentAtMs = performance.now();
    const found = await setWhereNothingIs(redisKey, ownToken, request);
    const there = found === null ? undefined : readRecord(name, found);
    if (there && there.state !== 'claimed') return there;
    const isAdopted = there !== undefined && unanswered.adopt(there.token);
    if (there && !isAdopted && there.token !== ownToken) {
      return { state: 'in-progress', retryAfterMs: there.leaseMs };
    }

    const token = isAdopted ? there.token : ownToken;
    const claim = createClaim(context, { name, redisKey, token, leaseMs, sentAtMs });
    if (!isAdopted && claim.leaseLeftMs() >= leaseMs * MIN_SHARE_LEFT) return claim;
    try {
      await claim.renew({ signal });
      return claim;
    } catch (error) {
      if (!(error instanceof ClaimLostError)) unanswered.remember(token);
      if (!(error instanceof ClaimLostError) || isLastTry) throw error;
      // The lease ended between the answer and the renewal: see who has the key now.
      return take(key, request, true);
    }
  }

  return (key, request) => take(key, request, false);
}

function wasNeverApplied(error: unknown): boolean {
  const isWithoutAnswer = error instanceof RedisUnavailableError || error instanceof RedisTimeoutError;
  return isWithoutAnswer && !error.mayHaveBeenApplied;
}
