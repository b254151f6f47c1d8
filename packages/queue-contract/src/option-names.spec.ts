import { InvalidOptionError } from './errors.js';
import { checkOptionNames } from './option-names.js';

const check = (options: object) =>
  checkOptionNames('a thing', options, ['size', 'age'], { weight: 'none; it floats' });

test.each([{}, { size: 1 }, { size: undefined, age: null }, { sise: undefined }])('%p passes', (options) => {
  expect(() => check(options)).not.toThrow();
});

test.each<[object, InvalidOptionError]>([
  [{ sise: 5 }, new InvalidOptionError('sise of a thing', 5, 'none of this name, but size, age')],
  [{ size: 1, Age: 2 }, new InvalidOptionError('Age of a thing', 2, 'none of this name, but size, age')],
  [{ weight: 3 }, new InvalidOptionError('weight of a thing', 3, 'none; it floats')],
  [{ toString: 1 }, new InvalidOptionError('toString of a thing', 1, 'none of this name, but size, age')],
])('%p is refused by name, with what is allowed instead', (options, expected) => {
  expect(() => check(options)).toThrow(expected);
});
