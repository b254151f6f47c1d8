import { InvalidOptionError } from './errors.js';
import { JOB_STATES, type JobState } from './job.js';

const DEFAULT_PAGE = 100;
const DEFAULT_CLEAN = 1000;

/** Which jobs a caller of `jobs` wants to see. */
export interface JobsPage {
  /** Each once, in the order in which they were first named. */
  readonly states: readonly JobState[];
  readonly offset: number;
  readonly limit: number;
}

/**
 * Checks what a caller hands to `jobs`.
 *
 * @throws InvalidOptionError for a state that there is none of, and an `offset` or `limit` that is no integer, 0 or more
 */
export function resolveJobsPage(
  queue: string,
  states: readonly JobState[],
  { offset = 0, limit = DEFAULT_PAGE }: { readonly offset?: number; readonly limit?: number } = {},
): JobsPage {
  for (const state of states) checkState(`state of jobs of queue "${queue}"`, state, JOB_STATES);
  checkCount(`offset of jobs of queue "${queue}"`, offset);
  checkCount(`limit of jobs of queue "${queue}"`, limit);
  return { states: [...new Set(states)], offset, limit };
}

/**
 * Checks what a caller hands to `clean`.
 *
 * @throws InvalidOptionError for a state that no job ends in, and an `olderThanMs` or `limit` that is no integer, 0 or more
 */
export function resolveClean(
  queue: string,
  state: 'completed' | 'failed',
  options: { readonly olderThanMs: number; readonly limit?: number },
): { readonly olderThanMs: number; readonly limit: number } {
  const { olderThanMs, limit = DEFAULT_CLEAN } = (options as typeof options | undefined) ?? {};
  checkState(`state of clean of queue "${queue}"`, state, ['completed', 'failed']);
  checkCount(`olderThanMs of clean of queue "${queue}"`, olderThanMs);
  checkCount(`limit of clean of queue "${queue}"`, limit);
  return { olderThanMs, limit };
}

function checkState(option: string, state: JobState, allowed: readonly JobState[]): void {
  if (!allowed.includes(state)) throw new InvalidOptionError(option, state, allowed.join(', '));
}

function checkCount(option: string, value: number | undefined): asserts value is number {
  if (!(Number.isSafeInteger(value) && (value as number) >= 0)) {
    throw new InvalidOptionError(option, value, 'an integer, 0 or more');
  }
}
