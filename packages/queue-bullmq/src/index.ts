export { createBullMqEngine } from './create-engine.js';
export type { BullMqEngineOptions } from './engine.js';
