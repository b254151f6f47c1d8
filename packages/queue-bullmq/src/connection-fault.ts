import { isError } from './as-error.js';

const CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'NR_CLOSED',
  'SHARED_CONNECTIONS_SILENT',
]);

/** How ioredis and Redis word what passes when the connection or the server comes back; they carry no code. */
const MESSAGES =
  /^(Connection is closed|NOAUTH|WRONGPASS|ERR invalid password|Stream isn't writeable|Command aborted due to connection close|Command timed out|Reached the max retries per request|LOADING|MASTERDOWN|READONLY|UNBLOCKED|CLUSTERDOWN|TRYAGAIN|(MOVED|ASK) \d|Too many Cluster redirections|Failed to refresh slots cache|None of startup nodes|All sentinels are unreachable|Ready check failed)|ECONNREFUSED|connect ETIMEDOUT/;

/** Whether an error tells of the connection rather than of the command. */
export function isConnectionFault(error: unknown): boolean {
  if (!isError(error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return CODES.has(String(code)) || MESSAGES.test(error.message);
}

/**
 * Whether BullMQ could not record the end of a job because it is no longer this worker's: it was recorded already and
 * only the answer was lost, or the job was cut off for longer than its lock lasts.
 */
export function isLostLock(error: unknown): boolean {
  return (
    isError(error) && /^(Missing (lock|key)|Lock mismatch|could not renew lock) for job /.test(error.message)
  );
}
