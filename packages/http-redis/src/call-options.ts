/**
 * How often a call is repeated after a failure that may pass: a network error, 429, 5xx, a time-out, an answer of somebody
 * else. `none`: never. `once-quickly`: once, 10 ms after the first failure. `standard`: after 1 s, 2 s and 4 s.
 * A `Retry-After` of the server counts where it is longer; one that is longer than the call may wait, 50 ms and 10 s, ends
 * the call.
 */
export type RetryPolicy = 'none' | 'once-quickly' | 'standard';

export interface CallOptions {
  /** Who asks, for the account of commands: `cache`, `rate-limit`, `idempotency`, … Default `app`. */
  readonly source?: string;
  /** How long one try may take, in ms. Default 2000. */
  readonly timeoutMs?: number;
  /** Default `standard`. */
  readonly retry?: RetryPolicy;
  /**
   * Whether running it twice does the same as once. By default so for commands that only read. What may have been applied
   * and is not safe to repeat is never sent again.
   */
  readonly isSafeToRepeat?: boolean;
  /**
   * Calls of this client with the same one never overtake each other: what was made later goes out when all before it have
   * ended, retries included, or in the same request. It costs the later ones a wait of up to that long, which counts in
   * their time-out. A call whose time is over while one behind it is under way in the same request is not repeated. What
   * ended without an answer may still reach Redis after what follows.
   *
   * Without it the calls of a tick go out in order, and those of different ticks may overtake each other, as may those that
   * are repeated, and scripts that Redis does not know.
   */
  readonly orderKey?: string;
  /** Gives up when aborted, with the signal's reason. */
  readonly signal?: AbortSignal;
}
