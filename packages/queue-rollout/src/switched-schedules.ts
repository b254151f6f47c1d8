import {
  UnsupportedByEngineError,
  type EngineQueue,
  type JobSchedules,
  type Schedule,
} from '@switchyard/queue-contract';
import type { ScheduleLock } from './schedule-lock.js';
import { bringScheduleHome, isRefusal } from './schedule-moves.js';

/**
 * Schedules live at home, `places()[0]`; one that is still elsewhere is brought there before it is changed, so that
 * the two never both fire.
 *
 * @param lock keeps moves, and what others change, away from a change
 */
export function createSwitchedSchedules(
  places: () => readonly EngineQueue[],
  lock: ScheduleLock,
): JobSchedules {
  const first = async <T>(ask: (schedules: JobSchedules) => Promise<T | null>): Promise<T | null> => {
    for (const { schedules } of places()) {
      const answer = await ask(schedules);
      if (answer !== null) return answer;
    }
    return null;
  };

  /** Brings a schedule home; answers where it stays suspended because home refuses it as it is. */
  const fetchHome = async (id: string): Promise<JobSchedules | null> => {
    const [home, ...others] = places() as [EngineQueue, ...EngineQueue[]];
    for (const away of others) {
      if (!(await away.schedules.get(id))) continue;
      try {
        await bringScheduleHome(id, home, away);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        return away.schedules;
      }
    }
    return null;
  };

  const upsert = async (
    schedule: Schedule,
    options: Parameters<JobSchedules['upsert']>[1],
  ): ReturnType<JobSchedules['upsert']> => {
    const left = await fetchHome(schedule.id);
    try {
      const active = await places()[0]!.schedules.upsert(schedule, options);
      await left?.forget(schedule.id);
      return active;
    } catch (error) {
      await left?.resume(schedule.id);
      throw error;
    }
  };

  const merged: JobSchedules['list'] = async () => {
    const byId = new Map((await places()[0]!.schedules.list()).map((schedule) => [schedule.id, schedule]));
    for (const { schedules } of places().slice(1)) {
      for (const schedule of await schedules.list()) {
        if (!byId.has(schedule.id)) byId.set(schedule.id, schedule);
      }
    }
    return [...byId.values()];
  };

  return {
    upsert: (schedule, options) => lock(() => upsert(schedule, options)),
    get: (id) => first((schedules) => schedules.get(id)),
    list: merged,
    remove: (id) =>
      lock(async () => {
        let existed = false;
        for (const { schedules } of places()) {
          if (await schedules.remove(id)) existed = true;
          // Left by a process that died while it moved it: the next look would bring it back to life.
          if (!(await schedules.suspended()).some((schedule) => schedule.id === id)) continue;
          await schedules.forget(id);
          existed = true;
        }
        return existed;
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
