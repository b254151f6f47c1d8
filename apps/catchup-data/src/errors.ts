/** Every error of this package: `code` is stable and is what callers match on; messages may change. */
export abstract class DataError extends Error {
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
}

/** A value that PostgreSQL cannot keep as it is, found before anything was sent. */
export class UnstorableValueError extends DataError {
  readonly code = 'ERR_DATA_UNSTORABLE';
  constructor(
    /** What it was to be. */
    readonly kind: string,
    value: unknown,
    readonly allowed: string,
  ) {
    super(`${show(value)} is not ${kind} that can be stored, allowed: ${allowed}`);
  }
}

/** An option that is not allowed. The message shows the value and what is allowed. */
export class InvalidDataOptionError extends DataError {
  readonly code = 'ERR_DATA_OPTION';
  constructor(
    readonly option: string,
    readonly value: unknown,
    readonly allowed: string,
  ) {
    super(`${option} is ${show(value)}, allowed: ${allowed}`);
  }
}

/** All that is wrong with the settings; it shows neither passwords nor keys. */
export class InvalidDatabaseSettingsError extends DataError {
  readonly code = 'ERR_DATA_SETTINGS';
  constructor(readonly problems: readonly string[]) {
    super(`the settings of the database do not do: ${problems.join('; ')}`);
  }
}

/**
 * `no-answer`: nothing listens there, or it does not answer in time. `no-database`: the server has no such database.
 * `no-entry`: the server refuses the user or the password.
 */
export type UnavailableReason = 'no-answer' | 'no-database' | 'no-entry' | 'too-many-connections';

/** There is no connection to be had. Nothing was run. */
export class DatabaseUnavailableError extends DataError {
  readonly code = 'ERR_DATA_UNAVAILABLE';
  constructor(
    readonly reason: UnavailableReason,
    /** `host:port/database`. */
    readonly where: string,
    explanation: string,
    options?: ErrorOptions,
  ) {
    super(`no connection to the database ${where}: ${explanation}`, options);
  }
}

/** The connection broke off while it was used: what was being written may be there, or not. */
export class ConnectionLostError extends DataError {
  readonly code = 'ERR_DATA_CONNECTION_LOST';
  constructor(options?: ErrorOptions) {
    super('the connection to the database was lost', options);
  }
}

/** The statement took longer than it may, and was called off. */
export class StatementTimeoutError extends DataError {
  readonly code = 'ERR_DATA_STATEMENT_TIMEOUT';
  constructor() {
    super('the statement took longer than it may, and was called off');
  }
}

/** Others were at the same rows, and this transaction had to give way, as often as it was tried. */
export class TransactionConflictError extends DataError {
  readonly code = 'ERR_DATA_CONFLICT';
  constructor(
    /** `40001` or `40P01`. */
    readonly sqlState: string,
    readonly attempts = 1,
  ) {
    super(`the transaction gave way to others ${attempts} times (${sqlState})`);
  }
}

/** A statement that the database refused. It shows no values: those may be anybody's. */
export class RefusedStatementError extends DataError {
  readonly code = 'ERR_DATA_REFUSED';
  constructor(
    /** PostgreSQL's five characters, such as `23505` for a unique key. */
    readonly sqlState: string,
    readonly table: string | undefined,
    readonly constraint: string | undefined,
    explanation: string,
  ) {
    super(`the database refused a statement (${sqlState}): ${explanation}`);
  }
}

/**
 * `outside-transaction`: inside the function of a transaction the stores of the database were used instead of the
 * transaction's own, which would wait for itself. `transaction-over`: a transaction's stores were used after its end.
 */
export class MisplacedUseError extends DataError {
  readonly code = 'ERR_DATA_MISPLACED_USE';
  constructor(readonly problem: 'outside-transaction' | 'transaction-over' | 'closed') {
    super(
      {
        'outside-transaction': 'inside a transaction only the stores that it was given may be used',
        'transaction-over': "the transaction is over, and its stores can't be used any more",
        closed: 'the database was closed',
      }[problem],
    );
  }
}

/** The first 100 characters of it. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 100));
  if (typeof value === 'function') return 'a function';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid date' : value.toISOString();
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
