/** An option, a name or a duration that is not allowed. */
export class InvalidCacheOptionError extends Error {
  readonly code = 'ERR_CACHE_OPTION';
  override readonly name = 'InvalidCacheOptionError';
  constructor(
    readonly option: string,
    readonly value: unknown,
    readonly allowed: string,
  ) {
    super(`${option} is ${typeof value === 'string' ? `"${value}"` : String(value)}, allowed: ${allowed}`);
  }
}

/** A user id, key or tag that cannot be written as a Redis key of its own. It is not shown, since it may be personal. */
export class InvalidCacheKeyError extends Error {
  readonly code = 'ERR_CACHE_KEY';
  override readonly name = 'InvalidCacheKeyError';
  constructor(
    readonly part: 'user id' | 'key' | 'pattern' | 'tag',
    readonly problem: string,
  ) {
    super(`${part} ${problem}`);
  }
}

/** A value that JSON cannot carry. Nothing was cached. */
export class UncacheableValueError extends Error {
  readonly code = 'ERR_CACHE_VALUE';
  override readonly name = 'UncacheableValueError';
  constructor(
    /** Where in the value, such as `contacts[0].since`; empty for the value itself. */
    readonly path: string,
    readonly problem: string,
  ) {
    super(`the value${path === '' ? '' : ` at ${path}`} is ${problem}, which JSON cannot carry`);
  }
}

/** The caller's fetch took longer than its entry's `fetchTimeoutMs`. Its signal was aborted; a late result is not cached. */
export class CacheFetchTimeoutError extends Error {
  readonly code = 'ERR_CACHE_FETCH_TIMEOUT';
  override readonly name = 'CacheFetchTimeoutError';
  constructor(
    readonly entry: string,
    readonly timeoutMs: number,
  ) {
    super(`fetching ${entry} took longer than ${timeoutMs} ms`);
  }
}

export class CacheClosedError extends Error {
  readonly code = 'ERR_CACHE_CLOSED';
  override readonly name = 'CacheClosedError';
  constructor() {
    super('the cache is closed');
  }
}

/** A value was fetched, but HTTP Redis does not have it. Of a warming's report. */
export class CacheWriteDroppedError extends Error {
  readonly code = 'ERR_CACHE_WRITE_DROPPED';
  override readonly name = 'CacheWriteDroppedError';
  constructor() {
    super('the value was fetched, but HTTP Redis did not take it');
  }
}
