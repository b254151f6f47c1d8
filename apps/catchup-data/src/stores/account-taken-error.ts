import { DataError } from '../errors.js';

/** The provider's account is connected to another user. */
export class AccountTakenError extends DataError {
  readonly code = 'ERR_DATA_ACCOUNT_TAKEN';
  constructor(readonly provider: string) {
    super(`the ${provider} account belongs to another user`);
  }
}
