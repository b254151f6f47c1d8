import type { QueueDefinition, QueueEngine } from '@switchyard/queue-contract';
import { eventually } from './eventually.js';
import type { anything } from './payload-schemas.js';

/**
 * Adds, runs, hears of the end and waits for it, on each of the queues: whoever gets through has used every connection
 * that an engine makes to its store. What consumes and listens does so until the engine is closed.
 */
export async function exerciseEngine(
  engine: QueueEngine,
  definitions: readonly QueueDefinition<{ readonly work: typeof anything }>[],
): Promise<void> {
  await engine.ready();
  for (const definition of definitions) {
    const queue = engine.queue(definition);
    const consumer = queue.consumer.consume({ work: ({ data }) => `did ${String(data)}` });
    await consumer.ready();
    const heard: unknown[] = [];
    await queue.events.on('completed', ({ jobId, result }) => heard.push([jobId, result]));
    const { id } = await queue.producer.add('work', 'é');
    expect(await queue.events.waitForEnd(id, { timeoutMs: 10_000 })).toBe('did é');
    await eventually('the end is heard', () => heard.length > 0);
    expect(heard).toEqual([[id, 'did é']]);
  }
  expect(await engine.withWork(definitions.map(({ name }) => name))).toEqual(new Set());
}
