/** An option of the REST endpoint is not usable; the message says which and shows its value, unless it is a secret. */
export class InvalidRestOptionError extends Error {
  readonly code = 'INVALID_REST_OPTION';
  readonly option: string;

  constructor(option: string, message: string) {
    super(`${option}: ${message}`);
    this.name = 'InvalidRestOptionError';
    this.option = option;
  }
}

/** Redis cannot be reached, or was lost before it replied: then the command may have run. */
export class RedisGoneError extends Error {
  readonly code = 'REDIS_GONE';

  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'RedisGoneError';
  }
}
