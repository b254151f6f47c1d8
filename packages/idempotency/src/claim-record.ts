import { randomBytes } from 'node:crypto';
import { ForeignRecordError, type FoundInstead, type KeptFailure } from './errors.js';

/** Who holds a claim: 128 random bits, 22 characters, always as long, because the scripts compare by position. */
export type ClaimToken = string;

/**
 * What Redis holds under a key, as text: a letter for the state, the token of who wrote it, and the rest.
 * `c` claimed, rest: its lease in ms. `d` done, rest: the result as JSON, or nothing. `f` failed, rest: what is kept of
 * the error, as JSON.
 */
export type ClaimRecord =
  | { readonly state: 'claimed'; readonly token: ClaimToken; readonly leaseMs: number }
  | { readonly state: 'done'; readonly result: unknown }
  | { readonly state: 'failed'; readonly failure: KeptFailure };

export const createToken = (): ClaimToken => randomBytes(16).toString('base64url');

export const claimedRecord = (token: ClaimToken, leaseMs: number): string => `c${token}${leaseMs}`;
export const doneRecord = (token: ClaimToken, json: string): string => `d${token}${json}`;
export const failedRecord = (token: ClaimToken, failure: KeptFailure): string =>
  `f${token}${JSON.stringify(failure)}`;

/** @throws ForeignRecordError for a text that this package has not written */
export function readRecord(shownKey: string, text: unknown): ClaimRecord {
  const match = typeof text === 'string' ? /^([cdf])([\w-]{22})(.*)$/s.exec(text) : null;
  if (!match) throw new ForeignRecordError(shownKey);
  const [, state, token, rest] = match as unknown as [string, string, string, string];
  try {
    if (state === 'd') return { state: 'done', result: rest === '' ? undefined : JSON.parse(rest) };
    if (state === 'f') return { state: 'failed', failure: JSON.parse(rest) as KeptFailure };
  } catch (error) {
    throw new ForeignRecordError(shownKey, { cause: error });
  }
  const leaseMs = Number(rest);
  if (!Number.isSafeInteger(leaseMs) || leaseMs < 1) throw new ForeignRecordError(shownKey);
  return { state: 'claimed', token, leaseMs };
}

/** What a script says that has written. */
export const WRITTEN = 'written';

/**
 * What a script says it found in place of a claim: the first letter of the record, or `-`.
 *
 * @throws ForeignRecordError for a letter that begins no record of this package
 */
export function foundInstead(shownKey: string, reply: string): FoundInstead {
  const found = FOUND_INSTEAD.get(reply);
  if (found === undefined) throw new ForeignRecordError(shownKey);
  return found;
}

const FOUND_INSTEAD: ReadonlyMap<string, FoundInstead> = new Map([
  ['c', 'claim'],
  ['d', 'end'],
  ['f', 'end'],
  ['-', 'nothing'],
]);
