import { UncacheableValueError } from './errors.js';

/** RFC 8259 lets a parser bound it. Far deeper, and this check or the parser of another program overflows its stack. */
const DEEPEST = 1000;

/**
 * A value as JSON. A property that is undefined is left out, and an object that has a `toJSON` (a Date, say) becomes what
 * that says. Minus zero becomes zero. Everything else that would not come back as it went in is refused.
 *
 * @throws UncacheableValueError
 */
export function jsonTextOf(value: unknown): string {
  assertJson(value, '', []);
  return JSON.stringify(value);
}

function assertJson(value: unknown, path: string, around: object[]): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (Number.isFinite(value)) return;
      throw new UncacheableValueError(path, String(value));
    case 'object':
      if (value !== null) assertJsonObject(value, path, around);
      return;
    default:
      throw new UncacheableValueError(path, value === undefined ? 'undefined' : `a ${typeof value}`);
  }
}

function assertJsonObject(value: object, path: string, around: object[]): void {
  if (around.length >= DEEPEST) throw new UncacheableValueError('', `nested more than ${DEEPEST} deep`);
  if (around.includes(value)) throw new UncacheableValueError(path, 'part of itself');
  around.push(value);
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    assertJson(value.toJSON(), path, around);
  } else if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) assertJson(value[index], `${path}[${index}]`, around);
  } else if (isPlain(value)) {
    for (const [name, property] of Object.entries(value))
      if (property !== undefined) assertJson(property, path === '' ? name : `${path}.${name}`, around);
  } else {
    throw new UncacheableValueError(path, `a ${value.constructor?.name ?? 'foreign object'}`);
  }
  around.pop();
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm (a vm context, Jest) has that realm's Object.prototype, whose own prototype is null too.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
