import { SYSTEM_CLOCKS, type Clocks } from './clocks.js';
import { checkWhenUnavailable, compilePolicies, policyNamed } from './compiled-policy.js';
import { RateLimiterClosedError } from './errors.js';
import { fallBack } from './fallback.js';
import { createLeases } from './leases.js';
import type { Verdict } from './limit-counter.js';
import { limitKey } from './limit-key.js';
import { checkDistinct, demandFor, type AnyRequest, type PolicyDemand } from './limit-request.js';
import { check, checkNames, checkWhole } from './option-check.js';
import type { Policies } from './policy.js';
import { countByPolicy } from './policy-stats.js';
import { createProcessCounter } from './process-counter.js';
import type { RateLimitResult } from './rate-limit-result.js';
import type { CheckOptions, RateLimiter, RateLimiterOptions } from './rate-limiter.js';
import { createRedisCounter } from './redis-counter.js';
import { createRejectionMemory } from './rejection-memory.js';
import { combine, decidedResult } from './results.js';
import { createTaker } from './taker.js';
import { defaultWhenUnavailable } from './when-unavailable.js';

/** A limiter whose policies the compiler does not know by name. */
type UntypedLimiter = Omit<RateLimiter, 'check' | 'peek'> &
  Record<
    'check' | 'peek',
    (policy: string, key: string, options?: CheckOptions<string>) => Promise<RateLimitResult>
  >;

/**
 * @param clocks of this process; no decision about a window rests on them
 * @throws InvalidRateLimitOptionError for the first option that is wrong, with its value
 */
export function createRateLimiter<const P extends Policies>(
  options: RateLimiterOptions<P>,
  clocks: Clocks = SYSTEM_CLOCKS,
): RateLimiter<P> {
  const settings = checkedSettings(options);
  const { redis, policies } = options;
  const { timeoutMs, keyPrefix, whenUnavailable, maxRememberedKeys, rejectionMemoryMs } = settings;
  const compiled = compilePolicies(policies);
  const redisCounter = createRedisCounter(redis, timeoutMs, clocks.now);
  const processCounter = createProcessCounter(maxRememberedKeys, clocks.now);
  const rejections = createRejectionMemory(maxRememberedKeys, rejectionMemoryMs, clocks.now);
  const leases = createLeases(maxRememberedKeys, clocks);
  const taker = createTaker(redisCounter, rejections, leases, clocks.now);
  const stats = countByPolicy([...compiled.keys()]);
  let isClosed = false;

  const demandsFor = (requests: readonly AnyRequest[]): PolicyDemand[] => {
    if (isClosed) throw new RateLimiterClosedError();
    const demands = requests.map((request) => demandFor(compiled, keyPrefix, request));
    check('requests', '[]', demands.length > 0, 'at least one is needed');
    checkDistinct(demands);
    return demands;
  };

  const answer = async (
    mode: 'take' | 'peek',
    demands: readonly PolicyDemand[],
    ask: () => Promise<RateLimitResult[]>,
  ): Promise<RateLimitResult[]> => {
    try {
      return await ask();
    } catch (error) {
      const cause = error instanceof Error ? error : new Error(String(error));
      return fallBack(demands, mode, whenUnavailable, processCounter, cause);
    }
  };

  const take = async (requests: readonly AnyRequest[]): Promise<RateLimitResult[]> => {
    const demands = demandsFor(requests);
    const results = await answer('take', demands, () => taker.take(demands));
    results.forEach(stats.count);
    return results;
  };

  const peek = async (request: AnyRequest): Promise<RateLimitResult[]> => {
    const demands = demandsFor([request]);
    return answer('peek', demands, async () => {
      const verdicts = await redisCounter.peek(demands);
      return demands.map((demand, at) => decidedResult(demand, verdicts[at] as Verdict, 'redis'));
    });
  };

  const limiter: UntypedLimiter = {
    policies,
    async check(policy, key, checkOptions) {
      const [result] = await take([{ ...checkOptions, policy, key }]);
      return result as RateLimitResult;
    },
    async checkAll(requests) {
      return combine(await take(requests));
    },
    async peek(policy, key, checkOptions) {
      const [result] = await peek({ ...checkOptions, policy, key });
      return result as RateLimitResult;
    },
    async reset(policy, key) {
      if (isClosed) throw new RateLimiterClosedError();
      const at = limitKey(keyPrefix, policyNamed(compiled, policy), key);
      const forget = () => {
        rejections.forget(at);
        leases.forget(at);
      };
      // Before, so that no unit is used that Redis has forgotten; after, for what was answered meanwhile.
      forget();
      await processCounter.reset([at]);
      await redisCounter.reset([at]);
      forget();
    },
    stats: () => ({
      policies: stats.read(),
      rememberedRejections: rejections.size,
      leasedKeys: leases.size,
    }),
    close() {
      isClosed = true;
    },
  };
  return limiter as unknown as RateLimiter<P>;
}

const OPTIONS = [
  'redis',
  'policies',
  'whenUnavailable',
  'timeoutMs',
  'keyPrefix',
  'rejectionMemorySeconds',
  'maxRememberedKeys',
] as const satisfies readonly (keyof RateLimiterOptions<Policies>)[];

function checkedSettings(options: RateLimiterOptions<Policies>) {
  checkNames('options', options, OPTIONS);
  const {
    redis,
    timeoutMs = 500,
    keyPrefix = 'limit',
    rejectionMemorySeconds = 30,
    maxRememberedKeys = 10_000,
  } = options;
  const whenUnavailable = options.whenUnavailable ?? defaultWhenUnavailable(process.env.NODE_ENV);
  check('redis', redis, typeof redis?.script === 'function', 'it must be an HttpRedis');
  checkWhenUnavailable('whenUnavailable', whenUnavailable);
  checkWhole('timeoutMs', timeoutMs, 10, 10_000);
  checkWhole('rejectionMemorySeconds', rejectionMemorySeconds, 0, 3600);
  checkWhole('maxRememberedKeys', maxRememberedKeys, 1, 1_000_000);
  const isPrefix = /^[A-Za-z0-9_-]{1,32}$/.test(keyPrefix);
  check('keyPrefix', keyPrefix, isPrefix, 'it has letters, digits, _ and -, 32 at most');
  return {
    timeoutMs,
    keyPrefix,
    whenUnavailable,
    maxRememberedKeys,
    rejectionMemoryMs: rejectionMemorySeconds * 1000,
  };
}
