import { UnrecoverableJobError } from '@switchyard/queue-contract';
import {
  DelayedError,
  RATE_LIMIT_ERROR,
  UnrecoverableError,
  WaitingChildrenError,
  WaitingError,
} from 'bullmq';
import { attemptError, originalError } from './attempt-error.js';

test('an ordinary error goes to BullMQ as it is', () => {
  const error = new TypeError('no');
  expect(attemptError(error)).toBe(error);
  expect(originalError(error)).toBe(error);
});

test("an unrecoverable error becomes BullMQ's, with its message and stack", () => {
  const error = new UnrecoverableJobError('no such user');
  const told = attemptError(error);
  expect(told).toBeInstanceOf(UnrecoverableError);
  expect(told).toMatchObject({ message: 'no such user', stack: error.stack });
  expect(originalError(told)).toBe(error);
});

const named = (name: string) => Object.assign(new Error('mine'), { name });

test.each([
  ['DelayedError by name', named('DelayedError')],
  ['WaitingError by name', named('WaitingError')],
  ['WaitingChildrenError by name', named('WaitingChildrenError')],
  ['UnrecoverableError by name', named('UnrecoverableError')],
  ['DelayedError', new DelayedError()],
  ['WaitingError', new WaitingError()],
  ['WaitingChildrenError', new WaitingChildrenError()],
  ['UnrecoverableError', new UnrecoverableError('BullMQ says so')],
  ['rate limit message', new Error(RATE_LIMIT_ERROR)],
])("a handler's %s is not taken for BullMQ's own signal", (_, error) => {
  const told = attemptError(error);
  expect(told.name).toBe('Error');
  expect(told.message).not.toBe(RATE_LIMIT_ERROR);
  expect(told.constructor).toBe(Error);
  expect(originalError(told)).toBe(error);
});

test('an error without a readable message or stack still leaves both', () => {
  const error = Object.assign(new Error('x'), { message: 42, stack: undefined });
  const told = attemptError(error as unknown as Error);
  expect(told.message).toBe('42');
  expect(told.stack).toContain('42');
});
