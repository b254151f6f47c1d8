// What was thrown on one side of a process boundary, described as plain data and made again on the other. Structured
// clone alone would lose `code` and every other field of an error, and refuse the whole for one function in it.
import { isNativeError } from 'node:util/types';
import { inspect } from 'node:util';
import { serialize } from 'node:v8';

/**
 * @typedef {object} TransportedError
 * @property {string} name
 * @property {string} message
 * @property {string} stack
 * @property {Record<string, unknown>} fields those own ones that structured clone can carry
 * @property {TransportedThrown} [cause]
 * @property {TransportedThrown[]} [errors] of an AggregateError
 *
 * @typedef {{ error: TransportedError } | { value: unknown }} TransportedThrown
 */

/** A chain of causes is followed this far: it may be a circle. */
const MAX_DEPTH = 8;

const NATIVE = { AggregateError, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

/**
 * @param {unknown} thrown
 * @param {number} [depth]
 * @returns {TransportedThrown}
 */
export function describeThrown(thrown, depth = 0) {
  if (!(thrown instanceof Error || isNativeError(thrown))) {
    return { value: canTravel(thrown) ? thrown : inspect(thrown) };
  }
  const { name, message, stack, cause, errors, ...own } =
    /** @type {Error & { errors?: unknown } & Record<string, unknown>} */ (withGetters(thrown));
  const fields = Object.fromEntries(Object.entries(own).filter(([, value]) => canTravel(value)));
  /** @type {TransportedError} */
  const error = { name: String(name), message: String(message), stack: String(stack), fields };
  if (depth < MAX_DEPTH) {
    if (cause !== undefined) error.cause = describeThrown(cause, depth + 1);
    if (Array.isArray(errors)) error.errors = errors.map((each) => describeThrown(each, depth + 1));
  }
  return { error };
}

/**
 * @param {TransportedThrown} transported
 * @param {ReadonlyMap<unknown, object>} [prototypes] by `code`, for errors that are to be told by their class
 * @returns {unknown}
 */
export function rebuildThrown(transported, prototypes = new Map()) {
  if (!('error' in transported)) return transported.value;
  const { name, message, stack, fields, cause, errors } = transported.error;
  const options = cause && { cause: rebuildThrown(cause, prototypes) };
  const error = errors
    ? new AggregateError(
        errors.map((each) => rebuildThrown(each, prototypes)),
        message,
        options,
      )
    : new Error(message, options);
  const prototype =
    prototypes.get(fields['code']) ?? NATIVE[/** @type {keyof typeof NATIVE} */ (name)]?.prototype;
  if (prototype) Object.setPrototypeOf(error, prototype);
  Object.assign(error, fields);
  Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true });
  if (error.name !== name) {
    Object.defineProperty(error, 'name', { value: name, writable: true, configurable: true });
  }
  return error;
}

/**
 * The own fields of an error together with those that may be getters, or not be enumerable. One that throws is left out.
 *
 * @param {Error} error
 */
function withGetters(error) {
  /** @type {Record<string, unknown>} */
  const fields = {};
  for (const key of new Set([...Object.keys(error), 'name', 'message', 'stack', 'cause', 'errors'])) {
    try {
      fields[key] = Reflect.get(error, key);
    } catch {
      continue;
    }
  }
  return fields;
}

/** @param {unknown} value */
function canTravel(value) {
  try {
    serialize(value);
    return true;
  } catch {
    return false;
  }
}
