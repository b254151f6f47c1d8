import { isSupportedCountry, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';

/** Longer ones are not written by anybody who means a number. */
const MAX_LENGTH = 60;

export type Region = CountryCode;

/** @returns the region as ISO 3166-1 has it, or undefined when there is no numbering plan under that name */
export function regionOf(value: string | null | undefined): Region | undefined {
  const code = value?.trim().toUpperCase() ?? '';
  return isSupportedCountry(code as CountryCode, metadata) ? (code as CountryCode) : undefined;
}

/** The region that somebody's own number (E.164) is from. */
export const regionOfPhone = (e164: string | null | undefined): Region | undefined =>
  e164 ? parsePhoneNumberFromString(e164, metadata)?.country : undefined;

/**
 * A number in E.164, with `;ext=` (RFC 3966) where it has an extension: two desks behind one switchboard are two.
 * Undefined where the number cannot be one by its length, or is national and `region` is not known.
 */
export function phoneKey(value: string, region?: Region): string | undefined {
  const text = value.normalize('NFKC').replace(/\p{Cf}/gu, '');
  if (text.length > MAX_LENGTH) return undefined;
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: region, extract: false }, metadata);
  if (!parsed?.isPossible()) return undefined;
  // Nobody has a number that begins, behind its country, with what is dialled before numbers.
  if (parsePhoneNumberFromString(parsed.number, metadata)?.number !== parsed.number) return undefined;
  return parsed.ext ? `${parsed.number};ext=${parsed.ext}` : parsed.number;
}
