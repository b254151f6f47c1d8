export { createBullMqEngine, type BullMqEngineOptions } from './create-engine.js';
