const FIRST_MS = 30_000;
const MAX_MS = 3_600_000;

/**
 * How long to leave an account alone after its `failures`-th failed refresh in a row: between half of 30 s · 2^(n−1)
 * and all of it, an hour at most ("equal jitter": https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 * A provider that asked for more gets it.
 */
export function refreshBackoffMs(failures: number, random: () => number, retryAfterMs = 0): number {
  const ceilingMs = Math.min(MAX_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
  return Math.max(retryAfterMs, Math.round(ceilingMs / 2 + (ceilingMs / 2) * random()));
}
