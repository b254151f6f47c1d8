import type { ReportError } from '@switchyard/queue-contract';
import type { Redis } from 'ioredis';
import { asError } from './as-error.js';
import { isConnectionFault } from './connection-fault.js';
import { ENGINE_NAME } from './engine-name.js';

export interface FaultReport {
  /** Reports an error; of one outage only the first. Answers whether it was reported. */
  report(error: unknown, queue?: string): boolean;
  stop(): void;
}

/**
 * Eleven queues and their workers each meet a lost connection many times over; whoever reads the log wants to hear
 * of it once. An outage lasts until the lent connection is ready again.
 */
export function createFaultReport(connection: Redis, reportError: ReportError | undefined): FaultReport {
  let isOut = false;
  const report = (thrown: unknown, queue?: string): boolean => {
    const error = asError(thrown);
    if (isConnectionFault(error)) {
      if (isOut) return false;
      isOut = true;
    }
    try {
      reportError?.(error, queue === undefined ? { engine: ENGINE_NAME } : { engine: ENGINE_NAME, queue });
    } catch {
      // A reporter that throws must not take down the worker that it was told about.
    }
    return true;
  };
  const onError = (error: Error) => void report(error);
  const onReady = () => {
    isOut = false;
  };
  connection.on('error', onError).on('ready', onReady);
  return {
    report,
    stop: () => void connection.off('error', onError).off('ready', onReady),
  };
}
