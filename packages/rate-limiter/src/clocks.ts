export interface Clocks {
  /** Ms of a clock that does not jump. */
  readonly now: () => number;
  /** Ms of a clock that goes on while the machine sleeps. */
  readonly wallNow: () => number;
}

export const SYSTEM_CLOCKS: Clocks = { now: () => performance.now(), wallNow: () => Date.now() };
