import { setTimeout as pause } from 'node:timers/promises';
import { InvalidRestOptionError } from './errors.js';

/** What goes wrong on purpose, for tests of what stands above. */
export interface RestFaults {
  /** Added to every request. Default 0. */
  readonly latencyMs?: number;
  /** Of requests, from 0 to 1: answered with 500 and `{"error":…}`; the commands do not run. Default 0. */
  readonly errorShare?: number;
  /**
   * Of requests, from 0 to 1: the connection is reset instead of an answer, before the commands run in one half of
   * the cases and after it in the other. Default 0.
   */
  readonly dropShare?: number;
}

/** What befalls one request. */
export type Fate = 'pass' | 'error' | 'drop-before' | 'drop-after';

/** @throws {InvalidRestOptionError} */
export function checkFaults(faults: RestFaults): RestFaults {
  const { latencyMs = 0, errorShare = 0, dropShare = 0 } = faults;
  if (!(latencyMs >= 0 && latencyMs <= MAX_LATENCY_MS)) {
    throw new InvalidRestOptionError('latencyMs', `must be from 0 to ${MAX_LATENCY_MS}, is ${latencyMs}`);
  }
  for (const [option, share] of Object.entries({ errorShare, dropShare })) {
    if (!(share >= 0 && share <= 1))
      throw new InvalidRestOptionError(option, `must be from 0 to 1, is ${share}`);
  }
  if (errorShare + dropShare > 1) {
    throw new InvalidRestOptionError(
      'dropShare',
      `is more than 1 together with errorShare: ${errorShare + dropShare}`,
    );
  }
  return { latencyMs, errorShare, dropShare };
}

const MAX_LATENCY_MS = 60_000;

export function drawFate({ errorShare = 0, dropShare = 0 }: RestFaults, random: () => number): Fate {
  if (errorShare + dropShare === 0) return 'pass';
  const drawn = random();
  if (drawn < errorShare) return 'error';
  if (drawn < errorShare + dropShare / 2) return 'drop-before';
  return drawn < errorShare + dropShare ? 'drop-after' : 'pass';
}

/** Nothing to wait for without a latency. */
export function addLatency({ latencyMs = 0 }: RestFaults): Promise<void> | undefined {
  return latencyMs > 0 ? pause(latencyMs, undefined, { ref: false }) : undefined;
}
