import type { Request, RequestHandler, Response } from 'express';
import type { Policies } from '../policy.js';
import type { RateLimitResult } from '../rate-limit-result.js';
import type { RateLimiter } from '../rate-limiter.js';
import { rateLimitFields, wholeSeconds, windowSecondsOf } from './rate-limit-fields.js';
import { limitsOf, type RateLimitOptions } from './rate-limit-options.js';
import { createRejectionReports } from './rejection-reports.js';
import { countRequest, type CountedRequest } from './request-limit.js';

/** Body of 429 (`rate_limited`) and 503 (`rate_limit_unavailable`), as JSON. */
export interface RejectionBody {
  readonly error: 'rate_limited' | 'rate_limit_unavailable';
  /** The policy that rejects; of several the one that does so for longest. */
  readonly limit: string;
  readonly retryAfterSeconds: number;
}

/**
 * Middleware of Express that holds requests to limits of a limiter, in one round trip. It counts by user, else by IP
 * address, IPv6 by /56; see {@link RequestLimit}. Answers carry `RateLimit-Policy` and `RateLimit`
 * (draft-ietf-httpapi-ratelimit-headers-08).
 *
 * Over a limit: 429 with `Retry-After` and a {@link RejectionBody}. Where Redis does not answer and a policy then lets
 * nobody pass: 503 in the same way. Where all let everybody pass, the request goes on without fields.
 *
 * To `next` go: what `user`, `key`, `tier`, `units` and the limiter throw, TrustProxyError, ClientAddressError and
 * InvalidRequestKeyError. A request to be counted by IP address whose client has gone is dropped.
 *
 * @throws InvalidRateLimitOptionError, UnknownPolicyError
 */
export function rateLimit<P extends Policies>(
  limiter: RateLimiter<P>,
  options: RateLimitOptions<P>,
): RequestHandler {
  const anyLimiter = limiter as unknown as RateLimiter<Policies>;
  const { policies } = anyLimiter;
  const limits = limitsOf(policies, options as RateLimitOptions<Policies>);
  const reports = options.onRejected && createRejectionReports(options.onRejected);

  /** Whether the request may go on. If not, it was answered, or nobody waits for an answer. */
  const admit = async (request: Request, response: Response): Promise<boolean> => {
    const counted = new Map<string, CountedRequest>();
    for (const limit of limits) {
      const each = await countRequest(request, limit);
      if (!each) return false;
      counted.set(limit.policy, each);
    }
    const combined = await anyLimiter.checkAll([...counted.values()].map(({ asked }) => asked));

    const states = combined.results.map((result) => {
      const { asked, key } = counted.get(result.policy)!;
      const windowSeconds = windowSecondsOf(policies[result.policy]!, asked.tier);
      return { result, windowSeconds, limiterKey: key.limiterKey };
    });
    // Where the head is away already, somebody else has answered meanwhile, such as a time-out of the app.
    if (!response.headersSent) setFields(response, rateLimitFields(states));
    if (combined.allowed) return true;

    const decisive = combined.rejectedBy.filter(({ outcome }) => outcome === combined.outcome);
    if (!response.headersSent) reject(response, decisive);
    if (combined.outcome === 'limited') {
      reports?.add(decisive.map(({ policy }) => ({ policy, key: counted.get(policy)!.key })));
    }
    return false;
  };

  return (request, response, next) => {
    admit(request, response).then((mayGoOn) => {
      if (mayGoOn) next();
    }, next);
  };
}

/** Beside those of another middleware, since each field is a list. */
function setFields(response: Response, fields: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(fields)) response.append(name, value);
}

function reject(response: Response, rejectedBy: readonly RateLimitResult[]): void {
  const { policy, outcome, retryAfterMs } = rejectedBy.reduce((longest, each) =>
    each.retryAfterMs > longest.retryAfterMs ? each : longest,
  );
  const isLimited = outcome === 'limited';
  const retryAfterSeconds = wholeSeconds(retryAfterMs);
  const error = isLimited ? 'rate_limited' : 'rate_limit_unavailable';
  response.set('Retry-After', String(retryAfterSeconds));
  response
    .status(isLimited ? 429 : 503)
    .json({ error, limit: policy, retryAfterSeconds } satisfies RejectionBody);
}
