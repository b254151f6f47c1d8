export { createBullEngine, type BullEngineOptions } from './create-bull-engine.js';
