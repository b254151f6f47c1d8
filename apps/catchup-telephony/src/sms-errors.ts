/** Every error about a message: `code` is stable and is what callers match on. None shows a text or a whole number. */
export abstract class SmsError extends Error {
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
}

/** What the provider said, where it said something. */
export interface ProviderAnswer {
  /** Of HTTP. */
  readonly status?: number;
  /** The provider's own, such as 21610. */
  readonly providerCode?: number;
}

/** `send` failed, and the message surely did not go out: it may be sent again without sending it twice. */
export abstract class SmsNotSentError extends SmsError {
  /** Whether the same message may go out later without anybody doing something about it. */
  abstract readonly retryable: boolean;
  readonly status: number | undefined;
  readonly providerCode: number | undefined;
  constructor(message: string, answer: ProviderAnswer = {}, options?: ErrorOptions) {
    super(message, options);
    this.status = answer.status;
    this.providerCode = answer.providerCode;
  }
}

/** `to` is no number that text messages can be sent to. */
export class InvalidNumberError extends SmsNotSentError {
  readonly code = 'ERR_SMS_INVALID_NUMBER';
  readonly retryable = false;
  constructor(
    /** All but its first and last characters hidden. */
    readonly maskedNumber: string,
    answer?: ProviderAnswer,
    options?: ErrorOptions,
  ) {
    super(`${maskedNumber} is no number that can be texted`, answer, options);
  }
}

/** The recipient has unsubscribed (STOP), or is blocked. */
export class RecipientBlockedError extends SmsNotSentError {
  readonly code = 'ERR_SMS_RECIPIENT_BLOCKED';
  readonly retryable = false;
  constructor(
    readonly maskedNumber: string,
    answer?: ProviderAnswer,
    options?: ErrorOptions,
  ) {
    super(`${maskedNumber} has unsubscribed or is blocked`, answer, options);
  }
}

/** The provider takes no more for now. */
export class SmsRateLimitedError extends SmsNotSentError {
  readonly code = 'ERR_SMS_RATE_LIMITED';
  readonly retryable = true;
  constructor(
    /** As the provider asks, else a guess. */
    readonly retryAfterMs: number,
    answer?: ProviderAnswer,
    options?: ErrorOptions,
  ) {
    super(`the provider takes no more messages for now, try again in ${retryAfterMs} ms`, answer, options);
  }
}

/** No connection came about, or the time was over or the caller's signal aborted before anything had been sent. */
export class SmsTemporaryError extends SmsNotSentError {
  readonly code = 'ERR_SMS_TEMPORARY';
  readonly retryable = true;
}

/** It will fail again until somebody does something: wrong credentials, a body that is too long, a number not owned. */
export class SmsPermanentError extends SmsNotSentError {
  readonly code = 'ERR_SMS_PERMANENT';
  readonly retryable = false;
}

/**
 * The request may have been sent, and no usable answer came: the connection broke, the time was over, or the provider
 * failed (5xx). The message may be on its way. Ask `find` before it is sent again.
 */
export class SmsOutcomeUnknownError extends SmsError {
  readonly code = 'ERR_SMS_OUTCOME_UNKNOWN';
  readonly status: number | undefined;
  readonly providerCode: number | undefined;
  constructor(message: string, answer: ProviderAnswer = {}, options?: ErrorOptions) {
    super(message, options);
    this.status = answer.status;
    this.providerCode = answer.providerCode;
  }
}

/** `find` could not find out. It says nothing about any message. */
export class SmsLookupError extends SmsError {
  readonly code = 'ERR_SMS_LOOKUP';
  readonly status: number | undefined;
  /** As the provider asks, where it does. */
  readonly retryAfterMs: number | undefined;
  constructor(
    message: string,
    /** Whether asking again later may help. */
    readonly retryable: boolean,
    answer: Pick<ProviderAnswer, 'status'> & { readonly retryAfterMs?: number } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.status = answer.status;
    this.retryAfterMs = answer.retryAfterMs;
  }
}
