export { describeQueueEngineContract } from './describe-queue-engine-contract.js';
export type { DeclaredGaps, EngineUnderTest, MakeEngine } from './engine-under-test.js';
