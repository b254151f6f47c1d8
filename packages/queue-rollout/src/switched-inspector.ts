import {
  JOB_STATES,
  JobNotFoundError,
  type EngineQueue,
  type Job,
  type JobCounts,
  type JobInspector,
  type QueueControl,
} from '@switchyard/queue-contract';

/** Look-ups search every engine, `places()[0]` first; counts add up. */
export function createSwitchedInspector(places: () => readonly EngineQueue[]): JobInspector {
  const holderOf = async (id: string): Promise<EngineQueue> => {
    for (const place of places()) if (await place.inspector.job(id)) return place;
    throw new JobNotFoundError(places()[0]!.definition.name, id);
  };

  return {
    async job(id) {
      for (const place of places()) {
        const job = await place.inspector.job(id);
        if (job) return job;
      }
      return null;
    },
    async jobs(states, { offset = 0, limit = 100 } = {}) {
      const found: Job[] = [];
      let toSkip = offset;
      for (const place of places()) {
        // A page may begin on one engine and end on the next.
        const counts = await place.inspector.counts();
        const here = states.reduce((sum, state) => sum + counts[state], 0);
        if (toSkip < here && found.length < limit) {
          const page = { offset: toSkip, limit: limit - found.length };
          found.push(...(await place.inspector.jobs(states, page)));
        }
        toSkip = Math.max(0, toSkip - here);
      }
      return found;
    },
    async counts() {
      const all = await Promise.all(places().map((place) => place.inspector.counts()));
      return Object.fromEntries(
        JOB_STATES.map((state) => [state, all.reduce((sum, counts) => sum + counts[state], 0)]),
      ) as JobCounts;
    },
    async deduplicated(deduplicationId) {
      for (const place of places()) {
        const id = await place.inspector.deduplicated(deduplicationId);
        if (id !== null) return id;
      }
      return null;
    },
    async logs(id) {
      for (const place of places()) {
        const lines = await place.inspector.logs(id);
        if (lines.length > 0) return lines;
      }
      return [];
    },
    retry: async (id) => (await holderOf(id)).inspector.retry(id),
    promote: async (id) => (await holderOf(id)).inspector.promote(id),
    async remove(id) {
      for (const place of places()) if (await place.inspector.remove(id)) return true;
      return false;
    },
    async clean(state, { olderThanMs, limit = 1000 }) {
      const removed: string[] = [];
      for (const place of places()) {
        if (removed.length >= limit) break;
        removed.push(...(await place.inspector.clean(state, { olderThanMs, limit: limit - removed.length })));
      }
      return removed;
    },
  };
}

/** Pausing and removing reach every engine; whether it is paused is answered by the one where jobs go. */
export function createSwitchedControl(places: () => readonly EngineQueue[]): QueueControl {
  const everywhere = async (act: (control: QueueControl) => Promise<void>): Promise<void> => {
    await Promise.all(places().map(({ control }) => act(control)));
  };
  return {
    pause: () => everywhere((control) => control.pause()),
    resume: () => everywhere((control) => control.resume()),
    isPaused: () => places()[0]!.control.isPaused(),
    removeWaiting: (options) => everywhere((control) => control.removeWaiting(options)),
  };
}
