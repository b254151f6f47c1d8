import { policyNamed, type CompiledPolicies, type CompiledPolicy } from './compiled-policy.js';
import { InvalidRateLimitOptionError, UnitsAboveLimitError } from './errors.js';
import type { Demand } from './limit-counter.js';
import { limitKey } from './limit-key.js';
import { checkWhole } from './option-check.js';
import { MAX_LIMIT } from './rule.js';

/** What a caller asks, whichever the policies. */
export interface AnyRequest {
  readonly policy: string;
  readonly key: string;
  readonly units?: number;
  readonly tier?: string;
}

/** A demand, and the policy that it comes from. */
export interface PolicyDemand extends Demand {
  readonly policy: CompiledPolicy;
}

/** @throws UnknownPolicyError, InvalidRateLimitOptionError, UnitsAboveLimitError, what the policy's `normalizeKey` throws */
export function demandFor(policies: CompiledPolicies, keyPrefix: string, request: AnyRequest): PolicyDemand {
  const { units = 1, tier } = request;
  const policy = policyNamed(policies, request.policy);
  const rule = tier === undefined ? policy.rule : policy.tiers.get(tier);
  if (!rule) {
    const known = [...policy.tiers.keys()].join(', ') || 'none';
    throw new InvalidRateLimitOptionError('tier', tier, `tiers of policy "${policy.name}": ${known}`);
  }
  checkWhole('units', units, 1, MAX_LIMIT);
  if (units > rule.limit) throw new UnitsAboveLimitError(policy.name, units, rule.limit);
  return { policy, key: limitKey(keyPrefix, policy, request.key), rule, units, leasable: 0 };
}

/** @throws InvalidRateLimitOptionError where one limit is named twice: its units belong into one request */
export function checkDistinct(demands: readonly PolicyDemand[]): void {
  const keys = new Set<string>();
  for (const { policy, key } of demands) {
    if (keys.has(key)) {
      throw new InvalidRateLimitOptionError('requests', policy.name, 'policy and key occur more than once');
    }
    keys.add(key);
  }
}
