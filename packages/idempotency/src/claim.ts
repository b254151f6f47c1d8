import {
  claimedRecord,
  doneRecord,
  failedRecord,
  foundInstead,
  WRITTEN,
  type ClaimToken,
} from './claim-record.js';
import type { ClaimsContext } from './claims.js';
import { COMPLETE_CLAIM } from './complete-claim.lua.js';
import { ClaimLostError, ClaimSettledError } from './errors.js';
import type { Claim } from './idempotency.js';
import { keptFailure } from './kept-failure.js';
import { RELEASE_CLAIM } from './release-claim.lua.js';
import { RENEW_CLAIM } from './renew-claim.lua.js';
import { resultJson } from './result-json.js';

export interface HeldClaim {
  /** The key as errors show it. */
  readonly name: string;
  readonly redisKey: string;
  readonly token: ClaimToken;
  readonly leaseMs: number;
  /** When the request went out that began the lease, by the monotonic clock: Redis began it then or later. */
  readonly sentAtMs: number;
}

/** @throws ClaimLostError, ForeignRecordError where what a script found is somebody else's */
function refuseIfLost(name: string, reply: string): void {
  if (reply !== WRITTEN) throw new ClaimLostError(name, foundInstead(name, reply));
}

export function createClaim(context: ClaimsContext, held: HeldClaim): Claim {
  const { redis, windowMs, maxResultBytes } = context;
  const { name, redisKey, token, leaseMs } = held;
  const record = claimedRecord(token, leaseMs);
  let leaseEndsAtMs = held.sentAtMs + leaseMs;
  let isSettled = false;

  function checkUnsettled(): void {
    if (isSettled) throw new ClaimSettledError(name);
  }

  async function end(endRecord: string): Promise<void> {
    isSettled = true;
    try {
      refuseIfLost(name, await redis.script<string>(COMPLETE_CLAIM, [redisKey], [endRecord, windowMs]));
    } catch (error) {
      isSettled = false;
      throw error;
    }
  }

  return {
    state: 'fresh',
    token,
    leaseLeftMs: () => (isSettled ? 0 : Math.max(0, leaseEndsAtMs - performance.now())),
    async complete(result) {
      checkUnsettled();
      await end(doneRecord(token, resultJson(result, maxResultBytes)));
    },
    async fail(error) {
      checkUnsettled();
      await end(failedRecord(token, keptFailure(error)));
    },
    async release() {
      if (isSettled) return false;
      let isReleased = false;
      // Before the answer: a completion beside it would find nothing, and be accepted as one after a lapse.
      isSettled = true;
      try {
        const options = { retry: 'once-quickly' } as const;
        isReleased = (await redis.script<number>(RELEASE_CLAIM, [redisKey], [`c${token}`], options)) === 1;
      } finally {
        isSettled = isReleased;
      }
      return isReleased;
    },
    async renew({ signal } = {}) {
      checkUnsettled();
      const sentAtMs = performance.now();
      const options = { retry: 'once-quickly', signal } as const;
      refuseIfLost(name, await redis.script<string>(RENEW_CLAIM, [redisKey], [record, leaseMs], options));
      leaseEndsAtMs = sentAtMs + leaseMs;
    },
  };
}
