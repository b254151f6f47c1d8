export { ipKey, userKey } from './counted-key.js';
export {
  ClientAddressError,
  InvalidRequestKeyError,
  RateLimitUnavailableError,
  TrustProxyError,
  UnsupportedByStoreError,
} from './errors.js';
export { rateLimit, type RejectionBody } from './rate-limit.js';
export type { RateLimitOptions, RejectionOptions } from './rate-limit-options.js';
export { createRateLimitStore, type RateLimitStore } from './rate-limit-store.js';
export type { RejectionReport, RejectionSource } from './rejection-reports.js';
export type { RequestLimit } from './request-limit.js';
