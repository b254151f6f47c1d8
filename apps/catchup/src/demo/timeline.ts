/** How long the parts of the demo take. */
export interface Timeline {
  /** For how long an idle app is measured, before and after. */
  readonly idleMs: number;
  /** How long CatchUp works on Bull before the first queue moves. */
  readonly beforeFirstMoveMs: number;
  readonly betweenMovesMs: number;
  /** How long the backlog may take to run out after the last job was added. */
  readonly drainTimeoutMs: number;
}

/** Ends within four minutes. */
export const fullTimeline: Timeline = {
  idleMs: 60_000,
  beforeFirstMoveMs: 4000,
  betweenMovesMs: 3500,
  drainTimeoutMs: 45_000,
};
