/** Base of this package's errors; `code` is stable, messages are not. */
export abstract class RateLimitError extends Error {
  abstract readonly code: string;

  override get name(): string {
    return this.constructor.name;
  }
}

/** An option, policy, key, tier or number of units that cannot be. */
export class InvalidRateLimitOptionError extends RateLimitError {
  readonly code = 'ERR_RATE_LIMIT_OPTION';
  constructor(
    /** Where it stands, such as `policies.API.limit`. */
    readonly option: string,
    readonly value: unknown,
    readonly problem: string,
  ) {
    super(`${option} is ${show(value)}: ${problem}`);
  }
}

/** No policy has this name. */
export class UnknownPolicyError extends RateLimitError {
  readonly code = 'ERR_RATE_LIMIT_UNKNOWN_POLICY';
  constructor(
    readonly policy: string,
    readonly known: readonly string[],
  ) {
    super(`policy ${show(policy)} is none of ${known.join(', ')}`);
  }
}

/** More units than the limit allows at all: they could never be admitted. */
export class UnitsAboveLimitError extends RateLimitError {
  readonly code = 'ERR_RATE_LIMIT_UNITS_ABOVE_LIMIT';
  constructor(
    readonly policy: string,
    readonly units: number,
    readonly limit: number,
  ) {
    super(`${units} units of policy "${policy}" can never be admitted: its limit is ${limit}`);
  }
}

/** Text that is no phone number. It shows no more than the last two digits. */
export class InvalidPhoneNumberError extends RateLimitError {
  readonly code = 'ERR_RATE_LIMIT_PHONE_NUMBER';
  constructor(
    /** Such as `…42`. */
    readonly ending: string,
    /** As libphonenumber names it, such as `TOO_SHORT`. */
    readonly problem: string,
  ) {
    super(`"${ending}" is no phone number: ${problem}`);
  }
}

/** The limiter was closed. */
export class RateLimiterClosedError extends RateLimitError {
  readonly code = 'ERR_RATE_LIMITER_CLOSED';
  constructor() {
    super('the rate limiter is closed');
  }
}

/** Redis's answer is not one that the script gives. */
export class UnexpectedReplyError extends RateLimitError {
  readonly code = 'ERR_RATE_LIMIT_UNEXPECTED_REPLY';
  constructor(options?: ErrorOptions) {
    super('the reply is not one of this script', options);
  }
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : textOf(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/** Some objects refuse to become a string, and what came from outside can be one of them. */
function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
