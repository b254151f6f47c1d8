import type { ActiveSchedule, EngineQueue, Schedule } from '@switchyard/queue-contract';
import { setTimeout as sleep } from 'node:timers/promises';
import { ScheduleMoveError } from './errors.js';

/**
 * A slot nearer than this is not left to the target's scheduler, which might see it pass while it is told of it:
 * the firing is added as a plain job.
 */
export const NEAR_SLOT_MS = 300;

/** How long the record of such a firing is kept at least, so that a move repeated after a crash finds it. */
const FIRING_KEPT_SECONDS = 3600;

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
 * Two processes may do this for one queue at the same time: a schedule is suspended by one of them only, and both
 * upsert the same thing.
 *
 * @throws ScheduleMoveError; the schedule in question stays suspended at its source
 */
export async function bringSchedulesHome(
  home: EngineQueue,
  away: EngineQueue,
  now = Date.now,
): Promise<void> {
  for (const { id } of await home.schedules.suspended()) {
    // Left by a move the other way. Either it had arrived there and comes back below, or it never left.
    if (await away.schedules.get(id)) await home.schedules.forget(id);
    else await home.schedules.resume(id);
  }
  const ids = new Set(
    [...(await away.schedules.suspended()), ...(await away.schedules.list())].map(({ id }) => id),
  );
  for (const id of ids) await moveSchedule(id, home, away, now);
}

async function moveSchedule(
  id: string,
  home: EngineQueue,
  away: EngineQueue,
  now: () => number,
): Promise<void> {
  const moving =
    (await away.schedules.suspended()).find((schedule) => schedule.id === id) ??
    (await away.schedules.suspend(id));
  if (!moving) return;
  if (!(await home.schedules.get(id))) await arrive(moving, home, now);
  await away.schedules.forget(id);
}

async function arrive(moving: ActiveSchedule, home: EngineQueue, now: () => number): Promise<void> {
  const { engine: _engine, nextRunAtMs, ...schedule } = moving;
  const near = nextRunAtMs - now() < NEAR_SLOT_MS;
  const { arriving, firstRunAtMs } = near
    ? await fireNow(schedule, nextRunAtMs, home, now)
    : { arriving: schedule, firstRunAtMs: nextRunAtMs };
  if (!arriving) return;
  const arrived = await home.schedules.upsert(arriving, firstRunAtMs === undefined ? {} : { firstRunAtMs });
  if (firstRunAtMs !== undefined && arrived.nextRunAtMs !== firstRunAtMs) {
    throw new ScheduleMoveError(
      home.definition.name,
      schedule.id,
      `fires next at ${arrived.nextRunAtMs} instead of ${firstRunAtMs}`,
    );
  }
}

/**
 * Adds the firing of a slot that is due as a job of its own and answers the rest of the schedule, if there is one,
 * and its next slot where that is not just the rule's next one. The job's id is made of schedule and slot, so a
 * repeated call adds nothing.
 */
async function fireNow(
  schedule: Schedule,
  slotMs: number,
  home: EngineQueue,
  now: () => number,
): Promise<{ arriving: Schedule | null; firstRunAtMs?: number }> {
  const { id, name, data, options, rule, remainingRuns, endAtMs } = schedule;
  await home.producer.add(name, data, {
    ...options,
    removeOnComplete: { ageSeconds: FIRING_KEPT_SECONDS },
    id: `schedule:${id}:${slotMs}`,
    delayMs: Math.max(0, slotMs - now()),
  });
  if (remainingRuns === 1) return { arriving: null };
  const rest: Schedule =
    remainingRuns === undefined ? schedule : { ...schedule, remainingRuns: remainingRuns - 1 };
  // Only once the slot has passed is the rule's next slot another one.
  await sleep(Math.max(0, slotMs - now() + 1));
  if (!('everyMs' in rule)) return { arriving: endAtMs !== undefined && endAtMs <= now() ? null : rest };
  const passed = Math.floor((now() + NEAR_SLOT_MS - slotMs) / rule.everyMs);
  const firstRunAtMs = slotMs + (passed + 1) * rule.everyMs;
  return { arriving: endAtMs !== undefined && endAtMs < firstRunAtMs ? null : rest, firstRunAtMs };
}
