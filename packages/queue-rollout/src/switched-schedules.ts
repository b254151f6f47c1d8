import { UnsupportedByEngineError, type EngineQueue, type JobSchedules } from '@switchyard/queue-contract';

/**
 * Schedules live at home, `places()[0]`; one that is still elsewhere is brought there before it is changed, so that
 * the two never both fire.
 *
 * @param bringHome moves every schedule of the queue home
 * @param inTurn runs a change when those before it, and moves, are over
 */
export function createSwitchedSchedules(
  places: () => readonly EngineQueue[],
  bringHome: () => Promise<void>,
  inTurn: <T>(change: () => Promise<T>) => Promise<T>,
): JobSchedules {
  const home = (): JobSchedules => places()[0]!.schedules;
  const bringHomeIfElsewhere = async (id: string): Promise<void> => {
    for (const { schedules } of places().slice(1)) {
      if (await schedules.get(id)) return bringHome();
    }
  };
  const first = async <T>(ask: (schedules: JobSchedules) => Promise<T | null>): Promise<T | null> => {
    for (const { schedules } of places()) {
      const answer = await ask(schedules);
      if (answer !== null) return answer;
    }
    return null;
  };
  const merged: JobSchedules['list'] = async () => {
    const byId = new Map((await home().list()).map((schedule) => [schedule.id, schedule]));
    for (const { schedules } of places().slice(1)) {
      for (const schedule of await schedules.list()) {
        if (!byId.has(schedule.id)) byId.set(schedule.id, schedule);
      }
    }
    return [...byId.values()];
  };

  return {
    upsert: (schedule, options) =>
      inTurn(async () => {
        await bringHomeIfElsewhere(schedule.id);
        return home().upsert(schedule, options);
      }),
    get: (id) => first((schedules) => schedules.get(id)),
    list: merged,
    remove: (id) =>
      inTurn(async () => {
        const removed = await Promise.all(places().map(({ schedules }) => schedules.remove(id)));
        return removed.includes(true);
      }),
    suspended: async () => (await Promise.all(places().map(({ schedules }) => schedules.suspended()))).flat(),
    suspend: unsupported,
    resume: unsupported,
    forget: unsupported,
  };
}

/** Suspended schedules are the rollout's own means of moving them: it would bring a caller's back at once. */
async function unsupported(): Promise<never> {
  throw new UnsupportedByEngineError('rollout', 'suspending schedules; remove and upsert them instead');
}
