/** No PostgreSQL could be found or fetched; the message says what to do about it on this system. */
export class PostgresNotFoundError extends Error {
  readonly code = 'POSTGRES_NOT_FOUND';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PostgresNotFoundError';
  }
}

/** A PostgreSQL was found but did not come up; the message ends with the last lines of what it wrote. */
export class PostgresStartError extends Error {
  readonly code = 'POSTGRES_START_FAILED';
  /** The end of what the server, or initdb, wrote; empty when it wrote nothing. */
  readonly logTail: string;

  constructor(message: string, logTail = '', options?: ErrorOptions) {
    super(logTail ? `${message}\n${logTail}` : message, options);
    this.name = 'PostgresStartError';
    this.logTail = logTail;
  }
}

/** The server does not take a connection: it was stopped or killed, or has no connection left. */
export class PostgresNotReachableError extends Error {
  readonly code = 'POSTGRES_NOT_REACHABLE';
  readonly port: number;

  constructor(port: number, options?: ErrorOptions) {
    super(`no connection to the PostgreSQL on port ${port}: ${String(options?.cause)}`, options);
    this.name = 'PostgresNotReachableError';
    this.port = port;
  }
}
