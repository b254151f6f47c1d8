import { ResultNotStorableError } from './errors.js';

/**
 * A result as it is kept: its JSON, or nothing for `undefined`. What `JSON.stringify` would quietly turn into something
 * else (a function, a Map, NaN, …) is refused; `undefined` as the value of a field leaves the field out, as JSON does.
 *
 * @throws ResultNotStorableError
 */
export function resultJson(result: unknown, maxBytes: number): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(result, refuseWhatIsNoJson);
  } catch (error) {
    if (error instanceof ResultNotStorableError) throw error;
    // Not the error itself: that of a circle shows property names, that of a toJSON whatever it likes.
    throw new ResultNotStorableError('JSON cannot carry it');
  }
  if (json === undefined) return '';
  const bytes = Buffer.byteLength(json);
  if (bytes > maxBytes) {
    throw new ResultNotStorableError(`it has ${bytes} bytes as JSON, allowed: ${maxBytes}`, bytes);
  }
  return json;
}

/** A replacer: sees every value after its `toJSON`. */
function refuseWhatIsNoJson(this: unknown, field: string, value: unknown): unknown {
  const problem = problemOf(value, Array.isArray(this));
  if (problem)
    throw new ResultNotStorableError(`${field === '' ? 'it' : JSON.stringify(field)} is ${problem}`);
  return value;
}

function problemOf(value: unknown, isItem: boolean): string | undefined {
  if (value === undefined) return isItem ? 'undefined in an array' : undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : String(value);
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return undefined;
  if (typeof value !== 'object') return `a ${typeof value}`;
  const kind = Object.prototype.toString.call(value).slice('[object '.length, -1);
  return kind === 'Object' || kind === 'Array' ? undefined : `a ${kind}`;
}
