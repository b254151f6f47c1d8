import {
  InvalidOptionError,
  InvalidPayloadError,
  UnknownJobNameError,
  type ActiveSchedule,
  type EngineQueue,
} from '@switchyard/queue-contract';
import { ScheduleMoveError } from './errors.js';
import { unlocked, type ScheduleLock } from './schedule-lock.js';

/** Whether any schedule is somewhere else than active at home. */
export async function schedulesAreAstray(home: EngineQueue, away: EngineQueue): Promise<boolean> {
  if ((await away.schedules.list()).length > 0) return true;
  if ((await away.schedules.suspended()).length > 0) return true;
  return (await home.schedules.suspended()).length > 0;
}

/**
 * Brings every schedule of a queue to `home`, where each fires next when it would have fired anyway: hide it with
 * its pending firing at its source, upsert it at home, verify, forget it at its source. Whoever dies in between
 * leaves a suspended schedule behind, and the next call carries on from there. The upsert is the last thing that
 * can fire, so a schedule that exists at home means its move is done but for the forgetting.
 *
 * Two processes may do this for one queue at the same time, under a lock, though they want it in
 * different places. Without one it is only safe if they want the same: a schedule is suspended by one of them, and both
 * upsert the same thing.
 *
 * A schedule that home refuses (its payload, say) goes on where it was, and so do the others on their way home.
 *
 * @throws ScheduleMoveError; the schedule in question stays suspended at its source
 * @throws InvalidOptionError, InvalidPayloadError, UnknownJobNameError: the first refusal
 */
export async function bringSchedulesHome(
  home: EngineQueue,
  away: EngineQueue,
  lock: ScheduleLock = unlocked,
  now = Date.now,
): Promise<void> {
  for (const { id } of await home.schedules.suspended()) {
    await lock(async () => {
      // Left by a move the other way. Either it had arrived there and comes back below, or it never left.
      if (await away.schedules.get(id)) await home.schedules.forget(id);
      else await home.schedules.resume(id);
    });
  }
  const left = new Set((await away.schedules.suspended()).map(({ id }) => id));
  const ids = new Set([...left, ...(await away.schedules.list()).map(({ id }) => id)]);
  const refusals: unknown[] = [];
  for (const id of ids) {
    await lock(async () => {
      try {
        const suspend = left.has(id) ? suspendedFirst : activeFirst;
        await bring(await suspend(id, away), home, away, now);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        await away.schedules.resume(id);
        refusals.push(error);
      }
    });
  }
  if (refusals.length > 0) throw refusals[0];
}

/** The same for one schedule, wherever it is. @throws as {@link bringSchedulesHome}, and leaves it suspended */
export async function bringScheduleHome(
  id: string,
  home: EngineQueue,
  away: EngineQueue,
  now = Date.now,
): Promise<void> {
  await bring(await suspendedFirst(id, away), home, away, now);
}

type Suspend = (id: string, place: EngineQueue) => Promise<ActiveSchedule | null>;

const suspended: Suspend = async (id, place) =>
  (await place.schedules.suspended()).find((schedule) => schedule.id === id) ?? null;

/** Carries on with what somebody who died has left, before it suspends what is active. */
const suspendedFirst: Suspend = async (id, place) =>
  (await suspended(id, place)) ?? (await place.schedules.suspend(id));

/** The same answer for one that was active a moment ago, without reading all that are suspended. */
const activeFirst: Suspend = async (id, place) =>
  (await place.schedules.suspend(id)) ?? (await suspended(id, place));

async function bring(
  moving: ActiveSchedule | null,
  home: EngineQueue,
  away: EngineQueue,
  now: () => number,
): Promise<void> {
  if (!moving) return;
  if (!(await home.schedules.get(moving.id))) await arrive(moving, home, now);
  await away.schedules.forget(moving.id);
}

export function isRefusal(error: unknown): boolean {
  return (
    error instanceof InvalidOptionError ||
    error instanceof InvalidPayloadError ||
    error instanceof UnknownJobNameError
  );
}

/**
 * A slot that comes due, or has come due, while the schedule is on its way fires at home at once: engines honour a
 * first run that has passed, and honour it once, so a second upsert after a crash changes nothing.
 */
async function arrive(moving: ActiveSchedule, home: EngineQueue, now: () => number): Promise<void> {
  const { engine: _engine, nextRunAtMs: slotMs, ...schedule } = moving;
  const { nextRunAtMs } = await home.schedules.upsert(schedule, { firstRunAtMs: slotMs });
  const isExpected = nextRunAtMs === slotMs || (nextRunAtMs > slotMs && slotMs <= now());
  if (isExpected) return;
  const problem = `fires next at ${nextRunAtMs} instead of ${slotMs}`;
  throw new ScheduleMoveError(home.definition.name, schedule.id, problem);
}
