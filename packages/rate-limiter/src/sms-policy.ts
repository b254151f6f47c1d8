import { isSupportedCountry, type CountryCode } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';
import { check, checkNames } from './option-check.js';
import { toE164 } from './phone-number.js';
import type { SlidingWindowPolicy, WhenUnavailable } from './policy.js';

export interface SmsPolicyOptions {
  /** Messages per rolling hour and number. Default 20. */
  readonly limit?: number;
  /** Of numbers written without a country, such as `DE`; without it, those are refused. */
  readonly defaultCountry?: CountryCode;
  readonly whenUnavailable?: WhenUnavailable;
}

/**
 * Messages per rolling hour and phone number, counted under the number's E.164 form, which is hashed in Redis. A key that is
 * no phone number is refused with an `InvalidPhoneNumberError`.
 *
 * @throws InvalidRateLimitOptionError
 */
export function smsPolicy(options: SmsPolicyOptions = {}): Omit<SlidingWindowPolicy, 'tiers'> {
  checkNames('smsPolicy', options, ['limit', 'defaultCountry', 'whenUnavailable']);
  const { limit = 20, defaultCountry, whenUnavailable } = options;
  const isCountry = defaultCountry === undefined || isSupportedCountry(defaultCountry, metadata);
  check('defaultCountry', defaultCountry, isCountry, 'it must be a country such as DE');
  return {
    algorithm: 'sliding-window',
    limit,
    windowSeconds: 3600,
    normalizeKey: (key) => toE164(key, defaultCountry),
    isKeyHashed: true,
    whenUnavailable,
  };
}
