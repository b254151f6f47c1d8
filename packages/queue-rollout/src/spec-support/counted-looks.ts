import type { QueueEngine } from '@switchyard/queue-contract';

/** Counts how often engines are asked for their work, by their names. */
export function countedLooks() {
  const looks: Record<string, number> = { bull: 0, bullmq: 0 };
  const through = (engine: QueueEngine): QueueEngine => ({
    ...engine,
    withWork(names) {
      looks[engine.name] = (looks[engine.name] ?? 0) + 1;
      return engine.withWork(names);
    },
  });
  return { looks, through };
}
