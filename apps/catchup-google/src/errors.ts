/** Every error of this package: `code` is stable and is what callers match on. None shows a token, code or secret. */
export abstract class GoogleError extends Error {
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
}

/** What is known of a call that failed. */
export interface CallFacts {
  /** Such as `calendar.events.list`. */
  readonly operation: string;
  /** Of HTTP; absent where no answer came. */
  readonly status?: number;
  /** Google's word for it, such as `rateLimitExceeded`. */
  readonly reason?: string;
  /** How often it was tried. */
  readonly attempts?: number;
}

/** A call that failed. */
export abstract class GoogleCallError extends GoogleError implements CallFacts {
  readonly operation: string;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly attempts: number;
  constructor(message: string, facts: CallFacts, options?: ErrorOptions) {
    const { operation, status, reason, attempts = 1 } = facts;
    const answer = [status, reason].filter((word) => word !== undefined).join(' ');
    super(`${operation}: ${message}${answer && ` (${answer})`}`, options);
    this.operation = operation;
    this.status = status;
    this.reason = reason;
    this.attempts = attempts;
  }
}

/** Google was too busy, did not answer, or asked to be left alone, for as long as the call's budget lasts. */
export class GoogleUnavailableError extends GoogleCallError {
  readonly code = 'ERR_GOOGLE_UNAVAILABLE';
  constructor(
    facts: CallFacts,
    /** As Google asks, else a guess; not to be tried again before. */
    readonly retryAfterMs: number,
    options?: ErrorOptions,
  ) {
    super(`no answer to be had, try again in ${Math.ceil(retryAfterMs / 1000)} s`, facts, options);
  }
}

/** Google does not take the access token, a fresh one neither. */
export class GoogleUnauthorizedError extends GoogleCallError {
  readonly code = 'ERR_GOOGLE_UNAUTHORIZED';
  constructor(facts: CallFacts) {
    super('the access token is not taken, a fresh one neither', facts);
  }
}

/** The user has not granted this, or must not do it. */
export class GoogleForbiddenError extends GoogleCallError {
  readonly code = 'ERR_GOOGLE_FORBIDDEN';
  constructor(facts: CallFacts) {
    super('not allowed', facts);
  }
}

/** It is not there, or not any more. */
export class GoogleNotFoundError extends GoogleCallError {
  readonly code = 'ERR_GOOGLE_NOT_FOUND';
  constructor(facts: CallFacts) {
    super('not found', facts);
  }
}

/** Google turned the request down, and will again. */
export class GoogleRefusedError extends GoogleCallError {
  readonly code = 'ERR_GOOGLE_REFUSED';
  constructor(facts: CallFacts) {
    super('refused', facts);
  }
}

/** The sync token is too old: everything has to be listed anew. */
export class SyncTokenExpiredError extends GoogleCallError {
  readonly code = 'ERR_GOOGLE_SYNC_TOKEN_EXPIRED';
  constructor(facts: CallFacts) {
    super('the sync token has expired', facts);
  }
}

/** A listing was cut off in the middle: it has to begin again from where the last complete one ended. */
export class PageTokenInvalidError extends GoogleCallError {
  readonly code = 'ERR_GOOGLE_PAGE_TOKEN_INVALID';
  constructor(facts: CallFacts) {
    super('the page token is not taken any more', facts);
  }
}

/** No push channel can be opened for this resource: it has to be polled. */
export class PushNotSupportedError extends GoogleCallError {
  readonly code = 'ERR_GOOGLE_PUSH_NOT_SUPPORTED';
  constructor(facts: CallFacts) {
    super('no push channel can be opened for it', facts);
  }
}

/** What came is not what Google sends: cut off, a page of a proxy, or of another shape. */
export class MalformedAnswerError extends GoogleCallError {
  readonly code = 'ERR_GOOGLE_MALFORMED_ANSWER';
  constructor(
    readonly problem: string,
    facts: CallFacts,
  ) {
    super(`the answer is malformed: ${problem}`, facts);
  }
}

/** The refresh token or code is not taken: the user has to connect the account anew. */
export class GrantRefusedError extends GoogleCallError {
  readonly code = 'ERR_GOOGLE_GRANT_REFUSED';
  constructor(facts: CallFacts) {
    super('the user has to connect the account again', facts);
  }
}

/** Google does not know this app, or not under this redirect address: the settings are wrong. */
export class OAuthClientError extends GoogleCallError {
  readonly code = 'ERR_GOOGLE_OAUTH_CLIENT';
  constructor(facts: CallFacts) {
    super('the OAuth client is not set up like this', facts);
  }
}

/** The user did not consent, or something else came back than was asked for. */
export class AuthorizationError extends GoogleError {
  readonly code = 'ERR_GOOGLE_AUTHORIZATION';
  constructor(
    /** `denied`: the user said no. `state`: it belongs to no flow of ours. `scopes`: not all were granted. */
    readonly problem: 'denied' | 'state' | 'no-code' | 'scopes',
    readonly missingScopes: readonly string[] = [],
  ) {
    const missing = missingScopes.length > 0 ? `: ${missingScopes.join(', ')} missing` : '';
    super(`the account was not connected (${problem})${missing}`);
  }
}

/** A push message without the headers that each one has. */
export class PushMessageError extends GoogleError {
  readonly code = 'ERR_GOOGLE_PUSH_MESSAGE';
  constructor(readonly header: string) {
    super(`a push message lacks a proper ${header}`);
  }
}

/** Settings or options that are missing or malformed; lists all of them. */
export class GoogleSettingsError extends GoogleError {
  readonly code = 'ERR_GOOGLE_SETTINGS';
  constructor(readonly problems: readonly string[]) {
    super(`Google is not set up:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}
