import type { QueueEngine } from '@switchyard/queue-contract';
import { DEFAULT_TUNING, startEngine, type BullMqEngineOptions } from './engine.js';

/**
 * The queue engine on BullMQ: two connections however many queues it serves, the lent one included, and a third while
 * somebody listens to queue-wide events.
 *
 * @throws InvalidOptionError
 */
export function createBullMqEngine(options: BullMqEngineOptions): QueueEngine {
  return startEngine(options, DEFAULT_TUNING);
}
