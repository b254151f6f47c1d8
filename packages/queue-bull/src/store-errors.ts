import { isNativeError } from 'node:util/types';
import { EngineUnavailableError, QueueError } from '@switchyard/queue-contract';

/** Replies of Redis that mean it cannot be used for queues now, by their first word. */
const REFUSALS: Readonly<Record<string, string>> = {
  WRONGPASS: 'Redis refuses the user name or password',
  NOAUTH: 'Redis wants a password',
  NOPERM: 'Redis does not allow this user what queues need',
  READONLY: 'Redis is a read-only replica',
  OOM: 'Redis is out of memory',
  MISCONF: 'Redis cannot write to its disk and refuses changes',
  LOADING: 'Redis is loading its data',
  MASTERDOWN: 'Redis has lost its master',
  CLUSTERDOWN: 'the Redis cluster is down',
};

const LOST = [
  'Connection is closed.',
  "Stream isn't writeable and enableOfflineQueue options is false",
  'Command aborted due to connection close',
  'Command timed out',
];

/** Whether the command failed because of its connection, so that it may or may not have been carried out. */
export function isConnectionError(error: unknown): boolean {
  if (!isNativeError(error)) return false;
  if (error.name === 'MaxRetriesPerRequestError') return true;
  if (LOST.includes(error.message)) return true;
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET)/.test(code);
}

/** Whether trying the same login again cannot help. */
export function isUnrecoverableConnectionError(error: Error): boolean {
  return refusal(error) === 'WRONGPASS' || refusal(error) === 'NOAUTH' || isOldPasswordError(error);
}

/** An error of the store as callers of the port see it: a fault of the store is an EngineUnavailableError. */
export function asQueueError(engine: string, error: unknown): unknown {
  if (error instanceof QueueError || !isNativeError(error)) return error;
  return isStoreFault(error) ? unavailable(engine, error) : error;
}

/** Whether it is the store that fails, not what was asked of it. */
export function isStoreFault(error: Error): boolean {
  return isConnectionError(error) || refusal(error) !== undefined || isOldPasswordError(error);
}

/** Whether the store is not there, or not there yet. */
export function isAway(error: Error): boolean {
  return isConnectionError(error) || ['LOADING', 'MASTERDOWN', 'CLUSTERDOWN'].includes(refusal(error) ?? '');
}

/**
 * Whether Bull could not record the end of a job because it is no longer this worker's: it was recorded already and only
 * the answer was lost, or the job was cut off for longer than its lock lasts.
 */
export function isLostLock(error: Error): boolean {
  return /^(Missing (lock|key)|Lock mismatch) for job /.test(error.message);
}

export function unavailable(engine: string, cause: Error, problem = describe(cause)): EngineUnavailableError {
  return new EngineUnavailableError(engine, problem, { cause });
}

function describe(error: Error): string {
  const word = refusal(error);
  if (word) return REFUSALS[word] ?? word;
  if (isOldPasswordError(error)) return 'Redis refuses the user name or password';
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  const where =
    address === undefined ? 'Redis' : `Redis at ${address}${port === undefined ? '' : `:${port}`}`;
  if (code === 'ECONNREFUSED') return `nothing answers for ${where}`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the host name of Redis is not known';
  return `the connection to ${where} failed: ${error.message}`;
}

function refusal(error: Error): string | undefined {
  const [word = ''] = error.message.replace(/^Ready check failed: /, '').split(' ', 1);
  return Object.hasOwn(REFUSALS, word) ? word : undefined;
}

/** Redis 5 and older say it in words. */
function isOldPasswordError(error: Error): boolean {
  return error.message.startsWith('ERR invalid password');
}
