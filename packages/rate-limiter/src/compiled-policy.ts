import { UnknownPolicyError } from './errors.js';
import { check, checkNames } from './option-check.js';
import type { Policies, Policy, WhenUnavailable } from './policy.js';
import { bucketRule, windowRule, type Rule } from './rule.js';

/** A policy that was checked, in the terms of the counters. */
export interface CompiledPolicy {
  readonly name: string;
  /** What its keys begin with after the prefix: another window or algorithm never reads what this one wrote. */
  readonly keySpace: string;
  readonly rule: Rule;
  readonly tiers: ReadonlyMap<string, Rule>;
  readonly whenUnavailable: WhenUnavailable | undefined;
  readonly normalizeKey: ((key: string) => string) | undefined;
  readonly isKeyHashed: boolean;
}

export type CompiledPolicies = ReadonlyMap<string, CompiledPolicy>;

const CHOICES = ['algorithm', 'tiers', 'whenUnavailable', 'normalizeKey', 'isKeyHashed'];

/** @throws InvalidRateLimitOptionError for the first thing that is wrong */
export function compilePolicies(policies: Policies): CompiledPolicies {
  check('policies', policies, typeof policies === 'object' && policies !== null, 'it must be an object');
  check('policies', '{}', Object.keys(policies).length > 0, 'at least one is needed');
  return new Map(Object.entries(policies).map(([name, policy]) => [name, compilePolicy(name, policy)]));
}

/** @throws UnknownPolicyError */
export function policyNamed(policies: CompiledPolicies, name: string): CompiledPolicy {
  const policy = policies.get(name);
  if (!policy) throw new UnknownPolicyError(name, [...policies.keys()]);
  return policy;
}

/** @throws InvalidRateLimitOptionError */
export function checkWhenUnavailable(option: string, value: unknown): void {
  check(
    option,
    value,
    ['reject', 'allow', 'memory'].includes(value as string),
    'it is reject, allow or memory',
  );
}

function compilePolicy(name: string, policy: Policy): CompiledPolicy {
  const isName = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name);
  check(
    'policies',
    name,
    isName,
    'a name has letters, digits, _ and -, 64 at most, and begins with a letter',
  );
  const at = `policies.${name}`;
  check(at, policy, typeof policy === 'object' && policy !== null, 'it must be an object');
  const { whenUnavailable, normalizeKey, isKeyHashed = false } = policy;
  if (whenUnavailable !== undefined) checkWhenUnavailable(`${at}.whenUnavailable`, whenUnavailable);
  const isNormalizer = normalizeKey === undefined || typeof normalizeKey === 'function';
  check(`${at}.normalizeKey`, normalizeKey, isNormalizer, 'it must be a function');
  check(`${at}.isKeyHashed`, isKeyHashed, typeof isKeyHashed === 'boolean', 'it must be true or false');
  return { name, ...rulesOf(name, at, policy), whenUnavailable, normalizeKey, isKeyHashed };
}

function rulesOf(
  name: string,
  at: string,
  policy: Policy,
): Pick<CompiledPolicy, 'keySpace' | 'rule' | 'tiers'> {
  const { algorithm } = policy;
  if (policy.algorithm === 'sliding-window') {
    checkNames(at, policy, [...CHOICES, 'limit', 'windowSeconds', 'lease']);
    const rule = windowRule(at, policy);
    const tiers = mapTiers(at, policy.tiers, ['limit'], (tierAt, tier) =>
      windowRule(tierAt, { ...policy, ...tier }),
    );
    return { keySpace: `${name}:w${rule.windowMs}`, rule, tiers };
  }
  check(`${at}.algorithm`, algorithm, algorithm === 'token-bucket', 'it is sliding-window or token-bucket');
  checkNames(at, policy, [...CHOICES, 'capacity', 'refillPerSecond']);
  const tiers = mapTiers(at, policy.tiers, ['capacity', 'refillPerSecond'], bucketRule);
  return { keySpace: `${name}:b`, rule: bucketRule(at, policy), tiers };
}

function mapTiers<Tier>(
  at: string,
  tiers: Readonly<Record<string, Tier>> = {},
  names: readonly string[],
  toRule: (at: string, tier: Tier) => Rule,
): ReadonlyMap<string, Rule> {
  check(`${at}.tiers`, tiers, typeof tiers === 'object' && tiers !== null, 'it must be an object');
  const entries = Object.entries(tiers).map(([tier, values]) => {
    const tierAt = `${at}.tiers.${tier}`;
    checkNames(tierAt, values, names);
    return [tier, toRule(tierAt, values)] as const;
  });
  return new Map(entries);
}
