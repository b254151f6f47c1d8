export type { UserOptions } from './data/generate-world.js';
export { HOLIDAYS_CALENDAR_ID } from './data/generate-world.js';
export { InvalidStandInOptionError, NothingThereError } from './errors.js';
export { FAULT_KINDS, type FaultKind, type FaultRule } from './faults/fault-rule.js';
export type { RateLimitOptions } from './faults/rate-limit.js';
export type { OAuthClient } from './oauth/clients.js';
export type { Consent } from './oauth/consents.js';
export { DEFAULT_CLIENT, type GoogleStandInOptions } from './options.js';
export type { RequestRecord } from './serve/request-log.js';
export {
  DEFAULT_SCOPES,
  startGoogleStandIn,
  type GoogleStandIn,
  type GrantedTokens,
  type TokensOf,
} from './start-google-stand-in.js';
