import type { LimitCounter } from './limit-counter.js';
import type { PolicyDemand } from './limit-request.js';
import type { WhenUnavailable } from './policy.js';
import type { RateLimitResult } from './rate-limit-result.js';
import { decidedResult, undecidedResult } from './results.js';

/** What the policies say while Redis does not answer. All or nothing holds for those that count in this process. */
export async function fallBack(
  demands: readonly PolicyDemand[],
  mode: 'take' | 'peek',
  byDefault: WhenUnavailable,
  processCounter: LimitCounter,
  cause: Error,
): Promise<RateLimitResult[]> {
  const choices = demands.map(({ policy }) => policy.whenUnavailable ?? byDefault);
  const counted = demands.filter((_, at) => choices[at] === 'memory');
  const verdicts = await processCounter[choices.includes('reject') ? 'peek' : mode](counted);
  return demands.map((demand, at) => {
    const verdict = verdicts[counted.indexOf(demand)];
    return verdict
      ? decidedResult(demand, verdict, 'process-memory', cause)
      : undecidedResult(demand, choices[at] as WhenUnavailable, cause);
  });
}
