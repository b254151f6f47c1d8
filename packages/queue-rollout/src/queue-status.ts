/**
 * - `legacy`: adds go to the legacy engine and the target holds nothing
 * - `canary`: adds go to both, by share
 * - `draining-legacy`: adds go to the target, the legacy engine still holds jobs or schedules
 * - `target`: adds go to the target and the legacy engine holds nothing
 * - `draining-target`: rolled back; adds go to the legacy engine, the target still holds jobs or schedules
 */
export type QueuePhase = 'legacy' | 'canary' | 'draining-legacy' | 'target' | 'draining-target';

export interface QueueStatus {
  readonly queue: string;
  readonly phase: QueuePhase;
  /** Percent of its adds that go to the target engine. */
  readonly targetShare: number;
  /** Names of the engines that this process consumes it from. */
  readonly consuming: readonly string[];
  /** Names of the engines that held anything to run when it was last looked at. */
  readonly withWork: readonly string[];
}
