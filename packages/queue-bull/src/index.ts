export { createBullEngine, type BullEngineOptions } from './create-bull-engine.js';
export { inspectBullApp, type BullAppReport, type InspectBullAppOptions } from './inspect-bull-app.js';
export type { BullQueueReport } from './inspect-bull-queue.js';
export type { BullFinding, BullFindingKind } from './bull-finding.js';
