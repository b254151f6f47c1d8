import { RateLimitError } from '../errors.js';

/** Express' setting `trust proxy` believes everybody's `X-Forwarded-For`: each client could choose whom it counts as. */
export class TrustProxyError extends RateLimitError {
  readonly code = 'ERR_RATE_LIMIT_TRUST_PROXY';
  constructor() {
    super(
      "Express' setting `trust proxy` trusts everybody, so that no limit by IP address could hold: " +
        'set it to the addresses of the proxies or to their number',
    );
  }
}

/** The client has no IP address to count by, as behind a Unix socket, or a trusted proxy gave something that is none. */
export class ClientAddressError extends RateLimitError {
  readonly code = 'ERR_RATE_LIMIT_CLIENT_ADDRESS';
  constructor(readonly address: string | undefined) {
    super(
      address === undefined
        ? 'the request has no IP address: behind a Unix socket, set `trust proxy` to the number of proxies'
        : `the IP address of the request is ${JSON.stringify(address.slice(0, 64))}: ` +
            'trusted proxies must give addresses alone, without a port',
    );
  }
}

/** `user` or `key` answered something that names nobody; counting by it would make strangers share a limit. */
export class InvalidRequestKeyError extends RateLimitError {
  readonly code = 'ERR_RATE_LIMIT_REQUEST_KEY';
  constructor(
    readonly policy: string,
    readonly option: 'user' | 'key',
    readonly value: unknown,
  ) {
    const shown = value === '' ? 'an empty string' : typeof value;
    super(`${option} of policy "${policy}" answered ${shown} instead of a string that names somebody`);
  }
}

/** A setting or call of `express-rate-limit` that a store of exact limits cannot serve. */
export class UnsupportedByStoreError extends RateLimitError {
  readonly code = 'ERR_RATE_LIMIT_STORE_UNSUPPORTED';
  constructor(
    readonly policy: string,
    /** Such as `skipFailedRequests`. */
    readonly feature: string,
    problem: string,
  ) {
    super(`${feature} in express-rate-limit with the store of policy "${policy}": ${problem}`);
  }
}

/**
 * Redis did not answer, and the policy lets nobody pass. Express answers it with 503 and `Retry-After`, unless the app has
 * an error handler of its own.
 */
export class RateLimitUnavailableError extends RateLimitError {
  readonly code = 'ERR_RATE_LIMIT_UNAVAILABLE';
  readonly status = 503;
  readonly headers: { readonly 'Retry-After': string };
  constructor(
    readonly policy: string,
    readonly retryAfterSeconds: number,
    options?: ErrorOptions,
  ) {
    super(`nobody could say whether policy "${policy}" has room`, options);
    this.headers = { 'Retry-After': String(retryAfterSeconds) };
  }
}
