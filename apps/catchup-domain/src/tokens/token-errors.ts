import { DomainError } from '../domain-error.js';

/** Only the user can help: the account has to be connected anew. */
export class ReconnectNeededError extends DomainError {
  readonly code = 'ERR_DOMAIN_RECONNECT_NEEDED';
  constructor(
    readonly accountId: string,
    /** A code such as `invalid_grant`. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`the account "${accountId}" has to be connected anew: ${reason}`, options);
  }
}

/** There is no access token now, and there may be one later. */
export class TokenUnavailableError extends DomainError {
  readonly code = 'ERR_DOMAIN_TOKEN_UNAVAILABLE';
  constructor(
    readonly accountId: string,
    /** A code, or `busy` while somebody else's refresh takes longer than one may wait. */
    readonly reason: string,
    /** Not before. */
    readonly retryAt: Date,
    options?: ErrorOptions,
  ) {
    super(
      `the account "${accountId}" has no access token: ${reason}; try again at ${retryAt.toISOString()}`,
      options,
    );
  }
}
