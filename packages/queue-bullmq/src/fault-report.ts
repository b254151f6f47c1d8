import { hideSecrets } from '@switchyard/bullmq-shared-connections';
import type { ReportError } from '@switchyard/queue-contract';
import { asError } from './as-error.js';
import type { Connection } from './connection.js';
import { isConnectionFault, isLostLock } from './connection-fault.js';

export interface FaultReport {
  /** Reports an error; of one outage only the first. Answers whether it was reported. */
  report(error: unknown, queue?: string): boolean;
  stop(): void;
}

/** Connections notice the same loss, and the same return, at different times. */
const SAME_FAULT_MS = 5000;

/**
 * Eleven queues and their workers each meet a lost connection many times over; whoever reads the log wants to hear
 * of it once.
 *
 * @param clock ms that never go back; only tests change it
 */
export function createFaultReport(
  engine: string,
  connection: Pick<Connection, 'status' | 'on' | 'off'>,
  reportError: ReportError | undefined,
  clock: () => number = () => performance.now(),
): FaultReport {
  const never = Number.NEGATIVE_INFINITY;
  let reportedAt = never;
  let lastFaultAt = never;
  let readyAt = never;
  let closedAt = never;

  const isKnown = (nowMs: number): boolean => {
    const isOfThisOutage = reportedAt > readyAt && reportedAt >= closedAt - SAME_FAULT_MS;
    if (connection.status !== 'ready') return isOfThisOutage && reportedAt !== never;
    // The lent connection is well: another one is late to come back, or was lost alone.
    return isAftermath(nowMs);
  };
  const isAftermath = (nowMs: number): boolean =>
    connection.status !== 'ready' || nowMs - Math.max(readyAt, lastFaultAt) < SAME_FAULT_MS;

  const report = (thrown: unknown, queue?: string): boolean => {
    const error = hideSecrets(asError(thrown));
    if (isConnectionFault(error)) {
      const nowMs = clock();
      const known = isKnown(nowMs);
      lastFaultAt = nowMs;
      if (known) return false;
      reportedAt = nowMs;
    }
    if (isLostLock(error) && isAftermath(clock())) return false;
    try {
      reportError?.(error, queue === undefined ? { engine } : { engine, queue });
    } catch {
      // A reporter that throws must not take down the worker that it was told about.
    }
    return true;
  };
  const onError = (error: Error) => void report(error);
  const onReady = () => {
    readyAt = clock();
  };
  const onClose = () => {
    // Failed tries to come back close as well; the outage began with the first.
    if (closedAt <= readyAt) closedAt = clock();
  };
  connection.on('error', onError).on('ready', onReady).on('close', onClose);
  return {
    report,
    stop: () => void connection.off('error', onError).off('ready', onReady).off('close', onClose),
  };
}
