export { describeQueueEngineContract } from './describe-queue-engine-contract.js';
export type { DeclaredGaps, EngineUnderTest, MakeEngine } from './engine-under-test.js';
export { eventually } from './eventually.js';
export { exerciseEngine } from './exercise-engine.js';
export { anything } from './payload-schemas.js';
