export { createBullMqEngine, type BullMqEngine, type BullMqEngineOptions } from './create-bullmq-engine.js';
