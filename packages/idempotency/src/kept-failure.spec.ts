import { keptFailure } from './kept-failure.js';

describe('what is kept of a failure', () => {
  it('is its name, message and code, cut to 500 characters', () => {
    const error = Object.assign(new RangeError('x'.repeat(501)), { code: 'ERR_RANGE' });
    expect(keptFailure(error)).toEqual({
      name: 'RangeError',
      message: `${'x'.repeat(499)}…`,
      code: 'ERR_RANGE',
    });
  });

  it.each<[unknown, string]>([
    ['a text', 'a text'],
    [{ secret: 1 }, 'a thrown object'],
    [undefined, 'a thrown undefined'],
  ])('is of %j what can be said of it', (thrown, message) => {
    expect(keptFailure(thrown)).toEqual({ name: 'Error', message });
  });

  it('bears with an error whose fields are no text', () => {
    const error = new Error();
    for (const field of ['name', 'message']) Object.defineProperty(error, field, { value: { is: 'odd' } });
    expect(keptFailure(error)).toEqual({ name: 'a thrown object', message: 'a thrown object' });
  });
});
