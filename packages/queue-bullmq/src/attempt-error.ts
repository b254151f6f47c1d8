import { isUnrecoverable } from '@switchyard/queue-contract';
import {
  DelayedError,
  RATE_LIMIT_ERROR,
  UnrecoverableError,
  WaitingChildrenError,
  WaitingError,
} from 'bullmq';

/** BullMQ gives errors of these names a meaning of its own: a handler's error must never look like one. */
const BULLMQ_ERRORS = [DelayedError, WaitingError, WaitingChildrenError, UnrecoverableError];
const BULLMQ_NAMES = new Set(BULLMQ_ERRORS.map(({ name }) => name));

const originals = new WeakMap<Error, Error>();

/**
 * What BullMQ is told about a failed attempt: that it is final, if it is, and otherwise nothing that BullMQ would
 * take for one of its own signals.
 */
export function attemptError(error: Error): Error {
  const { message, stack } = error;
  const isReadable = typeof message === 'string' && typeof stack === 'string';
  if (isUnrecoverable(error)) return wrapped(new UnrecoverableError(String(message)), error);
  if (isReadable && !looksLikeBullMq(error)) return error;
  return wrapped(
    new Error(message === RATE_LIMIT_ERROR ? `handler threw ${message}` : String(message)),
    error,
  );
}

/** What the handler threw. */
export function originalError(error: Error): Error {
  return originals.get(error) ?? error;
}

function looksLikeBullMq(error: Error): boolean {
  return (
    error.message === RATE_LIMIT_ERROR ||
    BULLMQ_NAMES.has(error.name) ||
    BULLMQ_ERRORS.some((type) => error instanceof type)
  );
}

function wrapped(wrapper: Error, error: Error): Error {
  wrapper.stack = typeof error.stack === 'string' ? error.stack : `${error.name}: ${wrapper.message}`;
  originals.set(wrapper, error);
  return wrapper;
}
