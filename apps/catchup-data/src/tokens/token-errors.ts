import { DataError } from '../errors.js';

/** A key that cannot be used. The message shows which one, never its secret. */
export class InvalidTokenKeyError extends DataError {
  readonly code = 'ERR_DATA_TOKEN_KEY';
  constructor(
    /** Which one of the list, from 1. */
    readonly position: number,
    problem: string,
  ) {
    super(`token key ${position} ${problem}`);
  }
}

/** What is stored was sealed with a key that is not among those given. */
export class UnknownTokenKeyError extends DataError {
  readonly code = 'ERR_DATA_UNKNOWN_TOKEN_KEY';
  constructor(readonly keyId: string) {
    super(`a stored token is sealed with the key "${keyId}", which is not among those given`);
  }
}

/** What is stored is damaged, was sealed with another key of the same name, or belongs to another row. */
export class UnreadableTokenError extends DataError {
  readonly code = 'ERR_DATA_UNREADABLE_TOKEN';
  constructor(
    /** The row and the field, such as `oauth_tokens/…/access`. */
    readonly place: string,
  ) {
    super(`the token stored at ${place} cannot be opened: it is damaged or not its own`);
  }
}
