import type { Leases } from './leases.js';
import type { LimitCounter, Verdict } from './limit-counter.js';
import type { PolicyDemand } from './limit-request.js';
import type { RateLimitResult } from './rate-limit-result.js';
import type { ExpectedRejection, RejectionMemory } from './rejection-memory.js';
import { decidedResult } from './results.js';
import type { LeaseRule } from './rule.js';

export interface Taker {
  /** Takes from all or none; one result for each, or only those of the limits that are known to reject. */
  take(demands: readonly PolicyDemand[]): Promise<RateLimitResult[]>;
}

/**
 * Asks Redis where neither a rejection that is remembered nor units on lease answer.
 *
 * @param now ms of a clock that does not jump
 */
export function createTaker(
  counter: LimitCounter,
  rejections: RejectionMemory,
  leases: Leases,
  now: () => number,
): Taker {
  const remembered = (demands: readonly PolicyDemand[]): RateLimitResult[] =>
    demands.flatMap((demand) => {
      const verdict = rejections.find(demand);
      return verdict ? [decidedResult(demand, verdict, 'remembered-rejection')] : [];
    });

  const remember = (demand: PolicyDemand, verdict: Verdict, rejection: ExpectedRejection): void => {
    const { fits, nextAfterMs } = verdict;
    if (!fits) rejection.arrive(demand, verdict);
    // It was the last one: the next asks in vain until then.
    else if (nextAfterMs > 0) {
      rejection.arrive({ ...demand, units: 1 }, { ...verdict, fits: false, retryAfterMs: nextAfterMs });
    }
  };

  const askForLease = async (
    demand: PolicyDemand,
    lease: LeaseRule,
    waitedMs: number,
  ): Promise<RateLimitResult> => {
    const { key, rule, units } = demand;
    const expected = leases.expect(key, rule, lease, units);
    const rejection = rejections.expect();
    try {
      const wanted = { ...demand, leasable: Math.max(0, lease.units - units) };
      const [verdict] = await counter.take([wanted], waitedMs);
      remember(demand, verdict as Verdict, rejection);
      return decidedResult(demand, expected.arrive(verdict as Verdict), 'redis');
    } catch (error) {
      expected.fail(error);
      throw error;
    }
  };

  const takeWithLease = async (demand: PolicyDemand, lease: LeaseRule): Promise<RateLimitResult> => {
    const { key, rule, units } = demand;
    const atHand = (): RateLimitResult | undefined => {
      const held = leases.take(key, rule, units);
      return held ? decidedResult(demand, held, 'lease') : remembered([demand])[0];
    };
    const known = atHand();
    if (known) return known;
    const coming = leases.wait(key, rule, units);
    if (!coming) return askForLease(demand, lease, 0);
    const fromMs = now();
    await coming;
    // It waits once: what others ask for from here on may take longer than this check may.
    return atHand() ?? askForLease(demand, lease, now() - fromMs);
  };

  return {
    async take(demands) {
      const [demand] = demands;
      const lease = demand?.rule.kind === 'window' ? demand.rule.lease : null;
      if (demand && lease && demands.length === 1) return [await takeWithLease(demand, lease)];
      const known = remembered(demands);
      if (known.length > 0) return known;
      const rejection = rejections.expect();
      const verdicts = await counter.take(demands);
      return demands.map((each, at) => {
        remember(each, verdicts[at] as Verdict, rejection);
        return decidedResult(each, verdicts[at] as Verdict, 'redis');
      });
    },
  };
}
