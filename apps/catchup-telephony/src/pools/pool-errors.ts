/** Every error of the pools: `code` is stable and is what callers match on. */
export abstract class PoolError extends Error {
  abstract readonly code: string;
  constructor(
    readonly pool: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`pool "${pool}": ${message}`, options);
  }
  override get name(): string {
    return this.constructor.name;
  }
}

/** All are lent, and as many wait already as may. */
export class PoolExhaustedError extends PoolError {
  readonly code = 'ERR_POOL_EXHAUSTED';
  constructor(
    pool: string,
    readonly max: number,
    readonly maxWaiting: number,
  ) {
    super(pool, `all ${max} are in use, and ${maxWaiting} wait already`);
  }
}

/** None became free in time. */
export class PoolTimeoutError extends PoolError {
  readonly code = 'ERR_POOL_TIMEOUT';
  constructor(
    pool: string,
    readonly timeoutMs: number,
  ) {
    super(pool, `none became free within ${timeoutMs} ms`);
  }
}

/** The pool drains or has: it lends nothing any more. */
export class PoolDrainingError extends PoolError {
  readonly code = 'ERR_POOL_DRAINING';
  constructor(pool: string) {
    super(pool, 'it drains');
  }
}

/** No resource could be made, or none that is healthy. */
export class PoolResourceError extends PoolError {
  readonly code = 'ERR_POOL_RESOURCE';
  constructor(pool: string, options?: ErrorOptions) {
    super(pool, 'no healthy one could be made', options);
  }
}

/** What was given back was given back already, or is of another pool. */
export class NotBorrowedError extends PoolError {
  readonly code = 'ERR_POOL_NOT_BORROWED';
  constructor(pool: string) {
    super(pool, 'what was given back is not lent by it');
  }
}

/** An option out of bounds, or a pool nobody knows. */
export class PoolOptionError extends PoolError {
  readonly code = 'ERR_POOL_OPTION';
  constructor(
    pool: string,
    readonly option: string,
    readonly value: unknown,
    readonly allowed: string,
  ) {
    super(pool, `${option} must be ${allowed}, not ${JSON.stringify(value)}`);
  }
}
