import { InvalidOptionError, type Schedule } from '@switchyard/queue-contract';
import { gridSlotAfter, slotAfter } from './schedule-slots.js';

/** How BullMQ is made to fire a schedule when the contract wants it. */
export interface SchedulePlan {
  /** The first firing when that is due already. What follows it is the worker's to find. */
  readonly overdueMs?: number;
  /** The first firing to come, should the overdue one have happened; none when that was the last. */
  readonly startMs?: number;
  /** How often it fires at most from `startMs` on. */
  readonly limit?: number;
}

export interface PlanRequest {
  readonly schedule: Pick<Schedule, 'id' | 'rule' | 'endAtMs' | 'remainingRuns'>;
  readonly nowMs: number;
  /** What the caller wants. */
  readonly firstRunAtMs?: number | undefined;
  /** The pending slot of the same rule, which a change of payload or options leaves alone. */
  readonly keptSlotMs?: number | undefined;
}

/**
 * BullMQ fires an interval without a start at once and starts its grid anew at a start that has passed; here an
 * interval without a start fires one interval from now, and one with a start keeps the grid that runs through it.
 *
 * @throws InvalidOptionError when it would never fire
 */
export function planSchedule({ schedule, nowMs, firstRunAtMs, keptSlotMs }: PlanRequest): SchedulePlan {
  const { id, rule, endAtMs, remainingRuns: limit } = schedule;
  const firstMs = firstRunAtMs ?? keptSlotMs ?? slotAfter(rule, nowMs);
  if (firstMs === undefined || (endAtMs !== undefined && firstMs > endAtMs)) {
    throw new InvalidOptionError(`endAtMs of schedule "${id}"`, endAtMs, 'a time after its first run');
  }
  if (firstMs > nowMs) {
    return { startMs: firstMs, ...(limit !== undefined && { limit }) };
  }
  if (limit === 1) return { overdueMs: firstMs };
  const nextMs = 'everyMs' in rule ? gridSlotAfter(rule.everyMs, firstMs, nowMs) : slotAfter(rule, nowMs);
  if (nextMs === undefined || (endAtMs !== undefined && nextMs > endAtMs)) return { overdueMs: firstMs };
  return { overdueMs: firstMs, startMs: nextMs, ...(limit !== undefined && { limit: limit - 1 }) };
}
