export { createBullMqEngine, type BullMqEngineOptions } from './create-bullmq-engine.js';
