import {
  ClosedError,
  EngineUnavailableError,
  InvalidOptionError,
  InvalidPayloadError,
  JobFailedError,
  JobNotFoundError,
  JobRemovedError,
  JobStateError,
  JobTimeoutError,
  NonErrorThrownError,
  UnknownJobNameError,
  UnrecoverableJobError,
  UnsupportedByEngineError,
  WaitTimeoutError,
} from '@switchyard/queue-contract';

/** The port's errors by their code, so that a handler's caller can tell them by their class, wherever it ran. */
export const contractErrors: ReadonlyMap<unknown, object> = new Map<unknown, object>([
  ['SWITCHYARD_CLOSED', ClosedError.prototype],
  ['SWITCHYARD_ENGINE_UNAVAILABLE', EngineUnavailableError.prototype],
  ['SWITCHYARD_INVALID_OPTION', InvalidOptionError.prototype],
  ['SWITCHYARD_INVALID_PAYLOAD', InvalidPayloadError.prototype],
  ['SWITCHYARD_JOB_FAILED', JobFailedError.prototype],
  ['SWITCHYARD_JOB_NOT_FOUND', JobNotFoundError.prototype],
  ['SWITCHYARD_JOB_REMOVED', JobRemovedError.prototype],
  ['SWITCHYARD_JOB_STATE', JobStateError.prototype],
  ['SWITCHYARD_JOB_TIMEOUT', JobTimeoutError.prototype],
  ['SWITCHYARD_NON_ERROR_THROWN', NonErrorThrownError.prototype],
  ['SWITCHYARD_UNKNOWN_JOB_NAME', UnknownJobNameError.prototype],
  ['SWITCHYARD_UNRECOVERABLE', UnrecoverableJobError.prototype],
  ['SWITCHYARD_UNSUPPORTED', UnsupportedByEngineError.prototype],
  ['SWITCHYARD_WAIT_TIMEOUT', WaitTimeoutError.prototype],
]);
