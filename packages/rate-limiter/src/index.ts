export { createRateLimiter } from './create-rate-limiter.js';
export {
  definePolicies,
  type Lease,
  type Policies,
  type Policy,
  type PolicyChoices,
  type PolicyName,
  type SlidingWindowPolicy,
  type TierName,
  type TokenBucketPolicy,
  type WhenUnavailable,
} from './policy.js';
export type {
  CheckOptions,
  LimitRequest,
  PolicyStats,
  RateLimiter,
  RateLimiterOptions,
  RateLimiterStats,
} from './rate-limiter.js';
export type {
  CombinedRateLimitResult,
  RateLimitAuthority,
  RateLimitOutcome,
  RateLimitResult,
} from './rate-limit-result.js';
export {
  InvalidPhoneNumberError,
  InvalidRateLimitOptionError,
  RateLimiterClosedError,
  RateLimitError,
  UnexpectedReplyError,
  UnitsAboveLimitError,
  UnknownPolicyError,
} from './errors.js';
export { smsPolicy, type SmsPolicyOptions } from './sms-policy.js';
export { toE164 } from './phone-number.js';
export type { Clocks } from './clocks.js';
