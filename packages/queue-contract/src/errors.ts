/** Every error of the port: `code` is stable and is what callers match on; messages may change. */
export abstract class QueueError extends Error {
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
}

/** A declaration, option or flag that is not allowed. The message shows the value and what is allowed. */
export class InvalidOptionError extends QueueError {
  readonly code = 'SWITCHYARD_INVALID_OPTION';
  constructor(
    readonly option: string,
    readonly value: unknown,
    readonly allowed: string,
  ) {
    super(`${option} is ${show(value)}, allowed: ${allowed}`);
  }
}

/** A payload that its schema refuses: at `add` nothing is queued, at run the job fails without a retry. */
export class InvalidPayloadError extends QueueError {
  readonly code = 'SWITCHYARD_INVALID_PAYLOAD';
  constructor(
    readonly queue: string,
    readonly jobName: string,
    readonly problems: string,
  ) {
    super(`payload of job "${jobName}" of queue "${queue}" does not fit its schema: ${problems}`);
  }
}

/** A job name that the queue does not declare: refused at `add`, failed without a retry at run. */
export class UnknownJobNameError extends QueueError {
  readonly code = 'SWITCHYARD_UNKNOWN_JOB_NAME';
  constructor(
    readonly queue: string,
    readonly jobName: string,
    readonly known: readonly string[],
  ) {
    super(`queue "${queue}" declares no job named "${jobName}", it declares: ${known.join(', ')}`);
  }
}

/** An attempt that took longer than its `timeoutMs`. The handler's signal was aborted; the job may retry. */
export class JobTimeoutError extends QueueError {
  readonly code = 'SWITCHYARD_JOB_TIMEOUT';
  constructor(
    readonly queue: string,
    readonly jobId: string,
    readonly timeoutMs: number,
  ) {
    super(`job "${jobId}" of queue "${queue}" took longer than ${timeoutMs} ms`);
  }
}

/** A handler threw something that is no Error; `cause` is what it threw. The job may retry. */
export class NonErrorThrownError extends QueueError {
  readonly code = 'SWITCHYARD_NON_ERROR_THROWN';
  constructor(thrown: unknown) {
    super(`handler threw ${show(thrown)} instead of an Error`, { cause: thrown });
  }
}

/** Thrown by a handler to fail its job at once, whatever attempts are left. */
export class UnrecoverableJobError extends QueueError {
  readonly code = 'SWITCHYARD_UNRECOVERABLE';
}

export class JobNotFoundError extends QueueError {
  readonly code = 'SWITCHYARD_JOB_NOT_FOUND';
  constructor(
    readonly queue: string,
    readonly jobId: string,
  ) {
    super(`queue "${queue}" has no job "${jobId}"`);
  }
}

/** The job is not in a state that the operation works on (to retry a job it must have failed, …). */
export class JobStateError extends QueueError {
  readonly code = 'SWITCHYARD_JOB_STATE';
  constructor(
    readonly queue: string,
    readonly jobId: string,
    readonly state: string,
    readonly allowed: string,
  ) {
    super(`job "${jobId}" of queue "${queue}" is ${state}, allowed: ${allowed}`);
  }
}

/** The job that somebody waits for failed for good. */
export class JobFailedError extends QueueError {
  readonly code = 'SWITCHYARD_JOB_FAILED';
  constructor(
    readonly queue: string,
    readonly jobId: string,
    readonly reason: string,
  ) {
    super(`job "${jobId}" of queue "${queue}" failed: ${reason}`);
  }
}

/** The job that somebody waits for was removed before it ended. */
export class JobRemovedError extends QueueError {
  readonly code = 'SWITCHYARD_JOB_REMOVED';
  constructor(
    readonly queue: string,
    readonly jobId: string,
  ) {
    super(`job "${jobId}" of queue "${queue}" was removed before it ended`);
  }
}

/** The job did not end within the caller's limit; it goes on. */
export class WaitTimeoutError extends QueueError {
  readonly code = 'SWITCHYARD_WAIT_TIMEOUT';
  constructor(
    readonly queue: string,
    readonly jobId: string,
    readonly timeoutMs: number,
  ) {
    super(`job "${jobId}" of queue "${queue}" did not end within ${timeoutMs} ms`);
  }
}

/** The engine cannot do what was asked; its README says why. */
export class UnsupportedByEngineError extends QueueError {
  readonly code = 'SWITCHYARD_UNSUPPORTED';
  constructor(
    readonly engine: string,
    readonly capability: string,
  ) {
    super(`engine "${engine}" does not support ${capability}`);
  }
}

/** The engine's store cannot be reached, refuses the login, or may not be used for queues; `cause` says more. */
export class EngineUnavailableError extends QueueError {
  readonly code = 'SWITCHYARD_ENGINE_UNAVAILABLE';
  constructor(
    readonly engine: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`engine "${engine}": ${problem}`, options);
  }
}

/** The engine, queue or consumer was closed before. */
export class ClosedError extends QueueError {
  readonly code = 'SWITCHYARD_CLOSED';
  constructor(readonly what: string) {
    super(`${what} is closed`);
  }
}

function show(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 200 ? `${value.slice(0, 200)}…` : value);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    const text = JSON.stringify(value);
    return text.length > 200 ? `${text.slice(0, 200)}…` : text;
  } catch {
    return `a value of type ${value.constructor?.name ?? 'object'}`;
  }
}
