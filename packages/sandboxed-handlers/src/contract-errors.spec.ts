import * as contract from '@switchyard/queue-contract';
import { contractErrors } from './contract-errors.js';

test('knows every error of the port by its code', () => {
  const isError = (each: unknown): each is new (...args: unknown[]) => contract.QueueError =>
    typeof each === 'function' && each.prototype instanceof contract.QueueError;
  const types = Object.values<unknown>(contract).filter(isError);
  expect(types.length).toBeGreaterThan(10);
  for (const type of types) {
    const error = new type('x', 'y', []);
    expect(contractErrors.get(error.code)).toBe(type.prototype);
  }
  expect(contractErrors.size).toBe(types.length);
});
