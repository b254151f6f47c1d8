import { Refusal, type Family, type RefusalDetails } from '../serve/refusal.js';
import type { FaultRule } from './fault-rule.js';

type Details = Omit<RefusalDetails, 'message'> & { readonly message: string };

const usage = (status: number, reason: string, message: string): Details => ({
  status,
  domain: 'usageLimits',
  reason,
  message,
  rpcStatus: 'RESOURCE_EXHAUSTED',
  rpcReason: 'RATE_LIMIT_EXCEEDED',
});

/** The refusal that a fault answers with; undefined for the kinds that are no answers. */
export function faultRefusal(rule: FaultRule, family: Family): Refusal | undefined {
  const details = detailsOf(rule, family);
  return details && new Refusal(details);
}

function detailsOf(rule: FaultRule, family: Family): Details | undefined {
  const retryAfter = (seconds: number | undefined): Pick<Details, 'headers'> =>
    seconds === undefined ? {} : { headers: { 'retry-after': String(seconds) } };
  switch (rule.kind) {
    case 'invalid-credentials':
      return family === 'oauth'
        ? { status: 400, reason: 'invalid_grant', message: 'Token has been expired or revoked.' }
        : invalidCredentials();
    case 'insufficient-permissions':
      return insufficientPermissions();
    case 'rate-limit-exceeded':
      return usage(403, 'rateLimitExceeded', 'Rate Limit Exceeded');
    case 'user-rate-limit-exceeded':
      return usage(403, 'userRateLimitExceeded', 'User Rate Limit Exceeded');
    case 'quota-exceeded':
      return usage(403, 'quotaExceeded', 'Calendar usage limits exceeded.');
    case 'too-many-requests':
      return { ...tooManyRequests(), ...retryAfter(rule.retryAfterSeconds ?? 1) };
    case 'internal-error':
      return family === 'oauth'
        ? { status: 500, reason: 'internal_failure', message: 'Internal Error' }
        : { status: 500, reason: 'backendError', message: 'Internal error encountered.' };
    case 'bad-gateway':
      return { status: 502, reason: 'backendError', message: 'Bad Gateway' };
    case 'unavailable':
      return {
        status: 503,
        reason: 'backendError',
        message: 'The service is currently unavailable.',
        ...retryAfter(rule.retryAfterSeconds),
      };
    case 'not-found':
      return { status: 404, reason: 'notFound', message: 'Not Found' };
    default:
      return undefined;
  }
}

export const tooManyRequests = (): Details =>
  usage(429, 'rateLimitExceeded', 'Quota exceeded for quota metric and limit of service.');

export const invalidCredentials = (): Details => ({
  status: 401,
  reason: 'authError',
  message: 'Request had invalid authentication credentials. Expected OAuth 2 access token.',
  locationType: 'header',
  location: 'Authorization',
  headers: { 'www-authenticate': 'Bearer realm="https://accounts.google.com/", error="invalid_token"' },
});

export const insufficientPermissions = (): Details => ({
  status: 403,
  reason: 'insufficientPermissions',
  message: 'Request had insufficient authentication scopes.',
  rpcReason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
  headers: { 'www-authenticate': 'Bearer realm="https://accounts.google.com/", error="insufficient_scope"' },
});
