/** An option, a fault or an argument that is not allowed. The message shows the value and what is allowed. */
export class InvalidStandInOptionError extends Error {
  readonly code = 'ERR_TWILIO_STAND_IN_OPTION';
  constructor(
    readonly option: string,
    readonly value: unknown,
    readonly allowed: string,
  ) {
    super(`${option} is ${JSON.stringify(value)}, allowed: ${allowed}`);
    this.name = 'InvalidStandInOptionError';
  }
}
