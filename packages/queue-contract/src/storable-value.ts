/**
 * A result or progress as it is stored: what JSON has no word for, such as `undefined`, a function, or an object whose
 * `toJSON` answers nothing, is `null`.
 *
 * @throws TypeError for what JSON cannot carry, such as a circle
 */
export function storableValue(value: unknown): unknown {
  return JSON.stringify(value) === undefined ? null : value;
}
