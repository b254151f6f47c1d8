import { DomainError } from '../domain-error.js';

/**
 * `state`: it was never given out, or has been used. `expired`: the user took too long. `wrong-user`: somebody else
 * started it. `denied`: the user said no. `no-code`: the provider sent none. `scopes`: not all were granted.
 * `return-to`: it is no path of the app.
 */
export type ConnectProblem =
  'state' | 'expired' | 'wrong-user' | 'denied' | 'no-code' | 'scopes' | 'return-to';

/** An account was not connected; what is kept of it is as it was. */
export class ConnectError extends DomainError {
  readonly code = 'ERR_DOMAIN_CONNECT';
  readonly missingScopes: readonly string[];
  constructor(
    readonly problem: ConnectProblem,
    { missingScopes = [], ...options }: ErrorOptions & { readonly missingScopes?: readonly string[] } = {},
  ) {
    super(`the account was not connected: ${problem}`, options);
    this.missingScopes = missingScopes;
  }
}
