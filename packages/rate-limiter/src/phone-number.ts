import {
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
  type CountryCode,
} from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';
import { InvalidPhoneNumberError } from './errors.js';

/**
 * A phone number in E.164, such as `+4930123456`, whichever way it was written. Its length must fit its country; whether
 * somebody was given that number is not looked up.
 *
 * @param defaultCountry of numbers written without a country, such as `DE`; without it, those are refused
 * @throws InvalidPhoneNumberError
 */
export function toE164(written: string, defaultCountry?: CountryCode): string {
  const text = written.trim();
  const options = { ...(defaultCountry && { defaultCountry }), extract: false };
  const problem = validatePhoneNumberLength(text, options, metadata);
  const number = problem ? undefined : parsePhoneNumberFromString(text, options, metadata)?.number;
  if (!number) throw new InvalidPhoneNumberError(`…${text.slice(-2)}`, problem ?? 'NOT_A_NUMBER');
  return number;
}
