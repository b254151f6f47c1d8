import { QueueError } from '@switchyard/queue-contract';
import { isNativeError } from 'node:util/types';

/** A handler file cannot be used: missing, it throws, exports no handlers, or lacks one; `cause` is what it threw. */
export class SandboxStartError extends QueueError {
  readonly code = 'SWITCHYARD_SANDBOX_START';
  constructor(
    readonly queue: string,
    /** Its URL. */
    readonly file: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`handlers of queue "${queue}" in ${file}: ${problem}`, options);
  }
}

/**
 * The process that ran the job ended before the job did: it exited, was killed, ran out of memory, or an error was
 * thrown that nobody caught, which is then the `cause`. The job may retry; the next attempt gets a new process.
 */
export class SandboxCrashedError extends QueueError {
  readonly code = 'SWITCHYARD_SANDBOX_CRASHED';
  constructor(
    readonly queue: string,
    readonly jobId: string,
    /** `null` when a signal ended it. */
    readonly exitCode: number | null,
    readonly exitSignal: string | null,
    options?: ErrorOptions,
  ) {
    const how = exitSignal === null ? `with exit code ${exitCode}` : `by ${exitSignal}`;
    super(`process that ran job "${jobId}" of queue "${queue}" was ended ${how}${because(options)}`, options);
  }
}

/** A handler went on after its signal was aborted, so its process was killed; `cause` is the signal's reason. */
export class SandboxKilledError extends QueueError {
  readonly code = 'SWITCHYARD_SANDBOX_KILLED';
  constructor(
    readonly queue: string,
    readonly jobId: string,
    readonly graceMs: number,
    options?: ErrorOptions,
  ) {
    super(`handler of job "${jobId}" of queue "${queue}" went on for ${graceMs} ms after its abort`, options);
  }
}

/** A payload that cannot be handed to another process: its schema made a function, symbol, promise or the like. */
export class SandboxTransferError extends QueueError {
  readonly code = 'SWITCHYARD_SANDBOX_TRANSFER';
  constructor(
    readonly queue: string,
    readonly jobId: string,
    options?: ErrorOptions,
  ) {
    super(
      `payload of job "${jobId}" of queue "${queue}" cannot go to another process${because(options)}`,
      options,
    );
  }
}

function because(options: ErrorOptions | undefined): string {
  return isNativeError(options?.cause) ? `: ${options.cause.message}` : '';
}
