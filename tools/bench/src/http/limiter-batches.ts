import type { Admission, Batch, Call } from './contender.js';
import { CALLS_PER_KEY } from './http-operations.js';
import { untilWindowShare } from './windows.js';

/** For limiters that are timed. {@link CALLS_PER_KEY} calls on a key leave something to admit. */
export const MINUTE_RULE = { limit: 60, windowMs: 60_000 };
/** For keys whose windows pass while their commands are counted. */
export const SHORT_RULE = { limit: 30, windowMs: 400 };
/** For keys that are rejected. */
export const SMALL_RULE = { limit: 10, windowMs: 60_000 };

const BURST = { keys: 5, checks: 10 };
const SPARSE = { keys: 20, checks: 1 };

/** How many calls make one window of `sliding-bursts` and `sliding-sparse`. */
export const CALLS_PER_WINDOW = {
  'sliding-bursts': BURST.keys * BURST.checks,
  'sliding-sparse': SPARSE.keys * SPARSE.checks,
};

/** Key after key, as many calls on each as it surely admits. */
export function allowed(admit: Admission): (batch: Batch) => Call {
  return ({ name }) =>
    async (number) =>
      wants(true, await admit(`${name}-${Math.floor(number / CALLS_PER_KEY)}`));
}

export function newKeys(admit: Admission): (batch: Batch) => Call {
  return ({ name }) =>
    async (number) =>
      wants(true, await admit(`${name}-${number}`));
}

/** Ten checks of each key in every window; for one caller. */
export function bursts(admit: Admission): (batch: Batch) => Call {
  return windowByWindow(admit, BURST);
}

/** One check of each key in every window; for one caller. */
export function sparse(admit: Admission): (batch: Batch) => Call {
  return windowByWindow(admit, SPARSE);
}

/** A key that has taken all it may before the first call. */
export function rejected(admit: Admission): (batch: Batch) => Promise<Call> {
  return async ({ name }) => {
    for (let unit = 0; unit < SMALL_RULE.limit; unit++) wants(true, await admit(name));
    return async () => wants(false, await admit(name));
  };
}

function windowByWindow(admit: Admission, { keys, checks }: typeof BURST): (batch: Batch) => Call {
  return ({ name }) =>
    async (number) => {
      // Early in a window, so that slow calls end in it.
      if (number % (keys * checks) === 0) await untilWindowShare(SHORT_RULE.windowMs, 0.1);
      wants(true, await admit(`${name}-${Math.floor(number / checks) % keys}`));
    };
}

function wants(expected: boolean, isAdmitted: boolean): void {
  if (isAdmitted !== expected)
    throw new Error(isAdmitted ? 'admitted one too many' : 'rejected one too early');
}
