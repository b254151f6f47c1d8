/** An encryption key that cannot be used. Neither the key nor an id that is malformed, and may be one, is shown. */
export class InvalidEncryptionKeyError extends Error {
  readonly code = 'ERR_CACHE_ENCRYPTION_KEY';
  override readonly name = 'InvalidEncryptionKeyError';
  constructor(
    /** Which of the keys, counted from 1. */
    readonly position: number,
    readonly problem: string,
  ) {
    super(`encryption key ${position} ${problem}`);
  }
}

/** A value marked sensitive, and no key to encrypt it with: it is not written. */
export class SensitiveValueRefusedError extends Error {
  readonly code = 'ERR_CACHE_SENSITIVE_REFUSED';
  override readonly name = 'SensitiveValueRefusedError';
  constructor() {
    super('a sensitive value is cached encrypted only, and there is no encryption key');
  }
}

/** A value that would not come back as it went in: longer than `open` accepts, or with half a surrogate pair. */
export class UnsealableValueError extends Error {
  readonly code = 'ERR_CACHE_UNSEALABLE';
  override readonly name = 'UnsealableValueError';
  constructor(
    readonly problem: 'too-large' | 'ill-formed',
    readonly valueBytes: number,
    readonly maxValueBytes: number,
  ) {
    super(
      problem === 'too-large'
        ? `a value of ${valueBytes} bytes is not cached, allowed: up to ${maxValueBytes}`
        : `a value with half a surrogate pair is not cached, since UTF-8 has no word for it`,
    );
  }
}
