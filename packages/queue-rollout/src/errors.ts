import { QueueError } from '@switchyard/queue-contract';

/** A flag that stops the start: names the variable, its value and what is allowed. */
export class InvalidFlagError extends QueueError {
  readonly code = 'SWITCHYARD_INVALID_FLAG';
  constructor(
    readonly variable: string,
    readonly value: string,
    readonly problem: string,
    readonly allowed: string,
  ) {
    super(`${variable}=${JSON.stringify(value)}: ${problem}; allowed: ${allowed}`);
  }
}

/** The rollout cannot serve these queues with these engines. */
export class RolloutConfigurationError extends QueueError {
  readonly code = 'SWITCHYARD_ROLLOUT_CONFIGURATION';
}

/** A schedule did not arrive as it left; it stays suspended at its source and the move is tried again. */
export class ScheduleMoveError extends QueueError {
  readonly code = 'SWITCHYARD_SCHEDULE_MOVE';
  constructor(
    readonly queue: string,
    readonly scheduleId: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`schedule "${scheduleId}" of queue "${queue}": ${problem}`, options);
  }
}

/** A queue did not get to where its flags want it in time; the rollout goes on trying. */
export class SettleTimeoutError extends QueueError {
  readonly code = 'SWITCHYARD_SETTLE_TIMEOUT';
  constructor(
    readonly queue: string,
    readonly phase: string,
    readonly timeoutMs: number,
  ) {
    super(`queue "${queue}" is still in phase "${phase}" after ${timeoutMs} ms`);
  }
}
