import { DomainError } from './domain-error.js';

/** There is no such account. */
export class UnknownAccountError extends DomainError {
  readonly code = 'ERR_DOMAIN_UNKNOWN_ACCOUNT';
  constructor(readonly accountId: string) {
    super(`there is no account "${accountId}"`);
  }
}
