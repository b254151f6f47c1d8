/** Which call failed, and nothing of what it carried. */
export interface FailedCall {
  /** Name of the command in upper case, or of the script. */
  readonly command: string;
  /** The key up to its second `:`, cut to 48 characters; null where the command has no key or it is not known. */
  readonly keyPrefix: string | null;
  /** How often it went out, or was about to. */
  readonly tries: number;
}

/** What was wrong, for those who need more than the class. */
export type UnavailableReason =
  /** No connection came about. */
  | 'refused'
  /** The connection broke before the answer was complete. */
  | 'broken'
  /** A status of 5xx, or 408. */
  | 'server-error'
  /** A status of 429. */
  | 'throttled'
  /** What came is not what this protocol answers: HTML, JSON cut short, an answer too few. */
  | 'malformed'
  /** It did not go out, since the circuit is open. */
  | 'circuit-open'
  /** The client was closed. */
  | 'closed';

/** Every error of a call: `code` is stable and is what callers match on. None shows a value, an argument or a token. */
export abstract class HttpRedisError extends Error {
  abstract readonly code: string;
  readonly command: string;
  readonly keyPrefix: string | null;
  readonly tries: number;
  /** The message without the command and the key. */
  readonly problem: string;

  constructor(call: FailedCall, problem: string) {
    super(
      `${call.command}${call.keyPrefix === null ? '' : ` ${JSON.stringify(call.keyPrefix)}`}: ${problem}`,
    );
    this.command = call.command;
    this.keyPrefix = call.keyPrefix;
    this.tries = call.tries;
    this.problem = problem;
  }

  override get name(): string {
    return this.constructor.name;
  }
}

/** No answer within the time of one try. */
export class RedisTimeoutError extends HttpRedisError {
  readonly code = 'ERR_REDIS_TIMEOUT';
  constructor(
    call: FailedCall,
    readonly timeoutMs: number,
    /** False where it is certain that Redis never got it. */
    readonly mayHaveBeenApplied: boolean,
  ) {
    super(call, `no answer within ${timeoutMs} ms`);
  }
}

/** Particulars of a `RedisUnavailableError`. */
export interface Unavailability {
  /** Of HTTP; null where no answer came. */
  readonly status: number | null;
  /** Of the operating system, such as `ECONNREFUSED`. */
  readonly systemCode: string | null;
  /** What `Retry-After` asks for. */
  readonly retryAfterMs: number | null;
  /** False where it is certain that Redis did not run it. */
  readonly mayHaveBeenApplied: boolean;
}

/** There is no answer to be had. */
export class RedisUnavailableError extends HttpRedisError implements Unavailability {
  readonly code = 'ERR_REDIS_UNAVAILABLE';
  readonly status: number | null;
  readonly systemCode: string | null;
  readonly retryAfterMs: number | null;
  readonly mayHaveBeenApplied: boolean;

  constructor(
    call: FailedCall,
    readonly reason: UnavailableReason,
    { status, systemCode, retryAfterMs, mayHaveBeenApplied }: Unavailability,
  ) {
    const particulars = [systemCode, status === null ? null : `status ${status}`];
    super(call, [reason, ...particulars.filter((each) => each !== null)].join(', '));
    this.status = status;
    this.systemCode = systemCode;
    this.retryAfterMs = retryAfterMs;
    this.mayHaveBeenApplied = mayHaveBeenApplied;
  }
}

/** The token is wrong or may not do this: status 401 or 403. */
export class RedisAuthError extends HttpRedisError {
  readonly code = 'ERR_REDIS_AUTH';
  constructor(
    call: FailedCall,
    readonly status: number,
  ) {
    super(call, `the token was refused, status ${status}`);
  }
}

/** Redis refused the command, or the server the request. */
export class RedisCommandError extends HttpRedisError {
  readonly code = 'ERR_REDIS_COMMAND';
  constructor(
    call: FailedCall,
    /** The first word of Redis' own error, such as `WRONGTYPE` or `NOPERM`, or of one that a script's text holds; else `ERR`. */
    readonly redisCode: string,
    text: string,
  ) {
    super(call, text);
  }
}

/** An option, a key or a command that is not allowed. */
export class InvalidRedisOptionError extends Error {
  readonly code = 'ERR_INVALID_REDIS_OPTION';
  override readonly name = 'InvalidRedisOptionError';
  constructor(
    readonly option: string,
    /** As it may be shown. */
    readonly shown: string,
    readonly allowed: string,
  ) {
    super(`${option} is ${shown}, allowed: ${allowed}`);
  }
}
