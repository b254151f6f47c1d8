import { isNativeError } from 'node:util/types';

/** Whether it is an Error, also one of another realm (a `vm` context has an `Error` of its own). */
export function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || isNativeError(thrown);
}

export function asError(thrown: unknown): Error {
  return isError(thrown) ? thrown : new Error(String(thrown));
}
