import { storableValue } from './storable-value.js';

test.each([
  ['undefined', undefined],
  ['a function', () => 1],
  ['a symbol', Symbol('x')],
  ['an object that turns into nothing', { toJSON: () => undefined }],
])('%s is stored as null', (_, value) => {
  expect(storableValue(value)).toBeNull();
});

test.each([[null], [0], [''], [false], [[undefined]], [{ a: () => 1 }]])('%j stays what it is', (value) => {
  expect(storableValue(value)).toBe(value);
});

test('what JSON cannot carry is refused', () => {
  expect(() => storableValue(1n)).toThrow(TypeError);
});
