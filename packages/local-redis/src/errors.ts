/** No Redis server could be found or fetched; the message says what to do about it on this system. */
export class RedisServerNotFoundError extends Error {
  readonly code = 'REDIS_SERVER_NOT_FOUND';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RedisServerNotFoundError';
  }
}

/** A Redis server was found but did not come up; the message ends with the last lines of its log. */
export class RedisStartError extends Error {
  readonly code = 'REDIS_START_FAILED';
  /** The end of what the server wrote, empty when it wrote nothing. */
  readonly logTail: string;

  constructor(message: string, logTail = '', options?: ErrorOptions) {
    super(logTail ? `${message}\n${logTail}` : message, options);
    this.name = 'RedisStartError';
    this.logTail = logTail;
  }
}
