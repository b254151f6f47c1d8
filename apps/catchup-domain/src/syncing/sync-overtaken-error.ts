import { DomainError } from '../domain-error.js';

/**
 * The sync took longer than its lease, and another one took over. What this one wrote until then is as good as any
 * page; it has written nothing since.
 */
export class SyncOvertakenError extends DomainError {
  readonly code = 'ERR_DOMAIN_SYNC_OVERTAKEN';
  constructor(
    readonly accountId: string,
    readonly resource: string,
  ) {
    super(`another sync of ${resource} took over for the account "${accountId}"`);
  }
}
