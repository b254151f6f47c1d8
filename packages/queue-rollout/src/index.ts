export {
  createFlagSource,
  type FlagSource,
  type SettableFlagSource,
  type TargetShares,
} from './flag-source.js';
export { parseTargetShares, type TargetShareVariables } from './target-shares.js';
export { createRollout, type Rollout, type RolloutOptions } from './rollout.js';
export type { QueuePhase, QueueStatus } from './queue-status.js';
export {
  InvalidFlagError,
  RolloutConfigurationError,
  ScheduleMoveError,
  SettleTimeoutError,
} from './errors.js';
