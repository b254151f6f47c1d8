import { isNativeError } from 'node:util/types';

/** What was thrown, as an Error; one of another realm (a `vm` context) is one, too. */
export function asError(thrown: unknown): Error {
  return isNativeError(thrown) ? thrown : new Error(String(thrown), { cause: thrown });
}
