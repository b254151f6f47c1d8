import type { Logger } from 'pino';

const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;
export type ShutdownSignal = keyof typeof SIGNAL_NUMBERS;

export interface ShutdownOptions {
  readonly logger: Logger;
  readonly timeoutMs: number;
  /** Default: both. */
  readonly signals?: readonly ShutdownSignal[];
  close(options: { readonly timeoutMs: number }): Promise<void>;
}

/** What closing connections may take after the jobs are finished or handed back. */
const CLOSING_GRACE_MS = 5000;

/**
 * Ends the process gracefully on SIGTERM and SIGINT. Exit code 0 when everything was closed, jobs that did not
 * finish within the limit having been handed back; 1 when something could not be closed. A second signal ends it
 * at once (128 + its number). Answers whether that has begun.
 */
export function shutDownOnSignal(options: ShutdownOptions): () => boolean {
  const { logger, timeoutMs, signals = ['SIGTERM', 'SIGINT'], close } = options;
  let closing = false;
  const onSignal = async (signal: ShutdownSignal) => {
    if (closing) process.exit(128 + SIGNAL_NUMBERS[signal]);
    closing = true;
    logger.info({ operation: 'shutdown', signal, timeoutMs }, 'shutting down');
    const tooLate = setTimeout(() => {
      logger.error({ operation: 'shutdown' }, 'closing took too long');
      process.exit(1);
    }, timeoutMs + CLOSING_GRACE_MS);
    try {
      await close({ timeoutMs });
      logger.info({ operation: 'shutdown' }, 'closed');
      process.exit(0);
    } catch (error) {
      logger.error({ operation: 'shutdown', err: error }, 'could not close everything');
      process.exit(1);
    } finally {
      clearTimeout(tooLate);
    }
  };
  for (const signal of signals) process.on(signal, () => void onSignal(signal));
  return () => closing;
}
