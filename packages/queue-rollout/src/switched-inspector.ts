import {
  JOB_STATES,
  JobNotFoundError,
  type EngineQueue,
  type Job,
  type JobCounts,
  type JobInspector,
  type JobState,
  type QueueControl,
} from '@switchyard/queue-contract';
import { findHolder, type Holder } from './find-holder.js';
import { mergeJobs } from './merge-jobs.js';

/**
 * Look-ups search every engine, `places()[0]` first; counts add up.
 *
 * @param expectWork jobs wait in a place again, which may be consumed by nobody
 */
export function createSwitchedInspector(
  places: () => readonly EngineQueue[],
  expectWork: (place: EngineQueue) => void,
): JobInspector {
  const holderOf = async (id: string): Promise<Holder> => {
    const holder = await findHolder(places(), id);
    if (!holder) throw new JobNotFoundError(places()[0]!.definition.name, id);
    return holder;
  };

  return {
    job: async (id) => (await findHolder(places(), id))?.job ?? null,
    async jobs(states, { offset = 0, limit = 100 } = {}) {
      const all = places();
      if (all.length === 1) return all[0]!.inspector.jobs(states, { offset, limit });
      const counts = await Promise.all(all.map(({ inspector }) => inspector.counts()));
      const found: Job[] = [];
      let toSkip = offset;
      for (const state of new Set(states)) {
        const total = counts.reduce((sum, each) => sum + each[state], 0);
        const wanted = limit - found.length;
        if (wanted <= 0) break;
        if (toSkip < total) found.push(...(await pageOf(state, all, counts, toSkip, wanted)));
        toSkip = Math.max(0, toSkip - total);
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
      const holder = await findHolder(places(), id);
      return holder ? holder.place.inspector.logs(id) : [];
    },
    async retry(id) {
      const { place } = await holderOf(id);
      await place.inspector.retry(id);
      expectWork(place);
    },
    async promote(id) {
      const { place } = await holderOf(id);
      await place.inspector.promote(id);
      expectWork(place);
    },
    async remove(id) {
      const holder = await findHolder(places(), id);
      if (!holder) return false;
      const removed = await holder.place.inspector.remove(id);
      // An earlier job of the same id may have ended on another engine: it would be found in place of this one.
      const others = places().filter((place) => place !== holder.place);
      const more = await Promise.all(others.map(({ inspector }) => inspector.remove(id)));
      return removed || more.includes(true);
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

/** A page of one state's jobs. Where one engine alone has some, it costs no more than that page. */
async function pageOf(
  state: JobState,
  places: readonly EngineQueue[],
  counts: readonly JobCounts[],
  offset: number,
  limit: number,
): Promise<readonly Job[]> {
  const holding = places.filter((_, index) => counts[index]![state] > 0);
  if (holding.length === 1) return holding[0]!.inspector.jobs([state], { offset, limit });
  const lists = await Promise.all(
    holding.map(({ inspector }) => inspector.jobs([state], { limit: offset + limit })),
  );
  return lists.reduce((merged, list) => mergeJobs(state, merged, list), []).slice(offset, offset + limit);
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
