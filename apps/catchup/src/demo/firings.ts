import type { AcceptedJob } from './account.js';

/** A schedule that fires on a grid: at every multiple of its interval. */
export interface WatchedSchedule {
  readonly queue: string;
  readonly everyMs: number;
  /** The slot that was pending when it was registered. It is due even when nobody works on the queue yet. */
  readonly firstSlotMs: number;
}

/** From when to when a schedule had a worker, in ms since the epoch. */
export interface Served {
  readonly fromMs: number;
  /** When it was removed. */
  readonly untilMs: number;
}

/** A slot this close to the removal of its schedule may or may not fire. */
const REMOVAL_TOLERANCE_MS = 1500;

/**
 * The slot that a firing belongs to, in ms since the epoch: both engines end the id of such a job with it. `null`
 * when the id says nothing of the kind.
 */
export function slotOfFiring(jobId: string): number | null {
  const digits = /:(\d{12,14})$/.exec(jobId)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** One name for a firing on whichever engine, so that the same slot fired on both is the same job done twice. */
export const firingId = (slotMs: number) => `firing of ${new Date(slotMs).toISOString()}`;

/**
 * The firings to account for: those that have to be there, and those at the rims that are there without having to.
 * The first slot is due however late it is taken; slots that pass while nobody works on the queue are skipped by
 * every engine, so the grid counts from `fromMs` on. So are slots that pass while the firing before them still waits
 * behind a backlog: both engines choose the next slot when a firing is taken.
 *
 * @param startsMs when each firing that happened was started, by its name
 */
export function dueFirings(
  { queue, everyMs, firstSlotMs }: WatchedSchedule,
  { fromMs, untilMs }: Served,
  startsMs: ReadonlyMap<string, number>,
): AcceptedJob[] {
  const due: AcceptedJob[] = [];
  let lastStartMs = -Infinity;
  for (let slot = firstSlotMs; slot < untilMs + everyMs; slot += everyMs) {
    const id = firingId(slot);
    const startMs = startsMs.get(id);
    const isServed = slot > fromMs && slot < untilMs - REMOVAL_TOLERANCE_MS;
    const must = slot === firstSlotMs || (isServed && lastStartMs < slot);
    if (must || startMs !== undefined) due.push({ queue, id, meant: 'complete', calls: 1 });
    lastStartMs = startMs ?? lastStartMs;
  }
  return due;
}
