import type { JobSchemas, QueueControl, QueueDefinition } from '@switchyard/queue-contract';
import { storedOptions } from './bull-job.js';
import type { EngineContext } from './engine-context.js';
import { scheduleNextFiring } from './next-firing.js';
import { REMOVE_WAITING } from './remove-waiting.lua.js';

/** Jobs removed by one run of the script, which keeps Redis from everybody else meanwhile. */
const JOBS_PER_RUN = 500;

export function createControl<S extends JobSchemas>(
  context: EngineContext,
  definition: QueueDefinition<S>,
): QueueControl {
  const { client, run, call } = context;
  const keys = context.keys(definition.name);
  const bull = context.bull(definition.name);

  async function removeFrom(key: string, kind: 'list' | 'set'): Promise<void> {
    let from = 0;
    for (;;) {
      const reply = await call(() =>
        run(
          REMOVE_WAITING,
          [key, keys.repeat, keys.priority, keys.limiter],
          [keys.base, kind, from, JOBS_PER_RUN, keys.removed],
        ),
      );
      const [removed, pending] = reply as [number, string[]];
      if (removed === 0 && pending.length === 0) return;
      // A firing that is due waits like any other job, but its schedule needs the next one before it can go.
      if (kind === 'list') await Promise.all(pending.map(scheduleNext));
      else from += pending.length;
    }
  }

  async function scheduleNext(storedId: string): Promise<void> {
    const fields = await call(() => client.hgetall(keys.base + storedId));
    const { name = '', data = '{}' } = fields;
    await call(() => scheduleNextFiring(run, keys, name, data, storedOptions(fields)));
  }

  return {
    pause: async () => void (await call(() => bull.pause())),
    resume: async () => void (await call(() => bull.resume())),
    isPaused: () => call(() => bull.isPaused()),
    async removeWaiting({ delayed = false } = {}) {
      await removeFrom(keys.wait, 'list');
      await removeFrom(keys.paused, 'list');
      if (delayed) await removeFrom(keys.delayed, 'set');
    },
  };
}
