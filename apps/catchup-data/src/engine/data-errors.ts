import { DrizzleQueryError } from 'drizzle-orm';
import {
  ConnectionLostError,
  DatabaseUnavailableError,
  DataError,
  MisplacedUseError,
  RefusedStatementError,
  StatementTimeoutError,
  TransactionConflictError,
} from '../errors.js';

const CONFLICTS = new Set(['40001', '40P01']);
const QUERY_CANCELLED = '57014';
/** Class 08, and a server that shuts down or ends the session. */
const LOST = /^(08...|57P0[1-5]|25P03|ECONNRESET|EPIPE|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)$/;
/** What pg says of a connection that ended, and has no code for. */
const LOST_MESSAGE = /^(Connection terminated|Client has encountered a connection error|Client was closed)/;
const UNREACHED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENOENT)$/;
const POOL_TIMEOUT = 'timeout exceeded when trying to connect';
const CLOSED_MESSAGE = /^(PGlite is clos(ed|ing)|Cannot use a pool after calling end)/;
/** Errors of class 22 tell of values in their message, and all others in details only. */
const TELLS_VALUES = /^22/;

/**
 * The error to show for one of a driver. Neither the statement's parameters nor the details that PostgreSQL adds come
 * along, since both hold what users wrote. An error that is no database's is given back as it is.
 */
export function dataErrorOf(error: unknown, where = 'in use'): unknown {
  if (error instanceof DataError) return error;
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  if (cause instanceof DataError) return cause;
  if (!(cause instanceof Error)) return error;
  const code = (cause as { code?: unknown }).code;
  if (cause.message === POOL_TIMEOUT)
    return new DatabaseUnavailableError('no-answer', where, 'none became free in time');
  if (cause.message === 'Query read timeout') return new StatementTimeoutError();
  if (CLOSED_MESSAGE.test(cause.message)) return new MisplacedUseError('closed');
  if (LOST_MESSAGE.test(cause.message)) return new ConnectionLostError({ cause });
  if (typeof code !== 'string') return error instanceof DrizzleQueryError ? refused('XX000', cause) : error;
  if (UNREACHED.test(code)) return new DatabaseUnavailableError('no-answer', where, code, { cause });
  if (LOST.test(code)) return new ConnectionLostError({ cause: new Error(`${code}: ${cause.message}`) });
  if (code === '53300')
    return new DatabaseUnavailableError('too-many-connections', where, 'it has too many already');
  if (CONFLICTS.has(code)) return new TransactionConflictError(code);
  if (code === QUERY_CANCELLED) return new StatementTimeoutError();
  return /^[\dA-Z]{5}$/.test(code) ? refused(code, cause) : error;
}

function refused(sqlState: string, error: Error): RefusedStatementError {
  const { table, constraint } = error as { table?: string; constraint?: string };
  const explanation = TELLS_VALUES.test(sqlState) ? 'a value is not allowed there' : error.message;
  return new RefusedStatementError(sqlState, table || undefined, constraint || undefined, explanation);
}
