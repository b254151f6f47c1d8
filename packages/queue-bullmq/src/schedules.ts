import {
  checkSchedule,
  parsePayload,
  resolveJobOptions,
  type ActiveSchedule,
  type JobSchedules,
  type JobSchemas,
  type QueueDefinition,
  type Schedule,
} from '@switchyard/queue-contract';
import type { Queue, RepeatOptions } from 'bullmq';
import type { BullMqQueue } from './bullmq-queue.js';
import { placeDueSchedule } from './due-firing.js';
import { planSchedule, type SchedulePlan } from './schedule-plan.js';
import { gridSlotAfter, slotAfter } from './schedule-slots.js';
import { createScheduleStore } from './schedule-store.js';
import {
  activeSchedule,
  declarationOf,
  isSameContent,
  isSameRule,
  storedDeclaration,
  type Declaration,
  type StoredSchedule,
} from './stored-schedule.js';
import { callerId, storedId } from './stored-id.js';
import { storedOptions } from './stored-options.js';

export function createSchedules<S extends JobSchemas>(
  bullMqQueue: BullMqQueue,
  definition: QueueDefinition<S>,
): JobSchedules<S> {
  const where = `queue "${definition.name}"`;
  const carriesPriorities = definition.priorities ?? false;
  const { engine } = bullMqQueue.context;
  const store = createScheduleStore(bullMqQueue);
  const resolved = ({ options }: Schedule) =>
    resolveJobOptions(where, definition.defaults ?? {}, carriesPriorities, options);
  const active = (stored: StoredSchedule | null): ActiveSchedule<S> | null =>
    stored && activeSchedule<S>(engine, stored);

  /** Carries out a plan; whatever scheduler was there under the id goes. */
  const place = async (
    queue: Queue,
    schedule: Schedule,
    declared: Declaration,
    plan: SchedulePlan,
    { replaces }: { readonly replaces: boolean },
  ): Promise<ActiveSchedule<S>> => {
    const { rule, name, endAtMs } = schedule;
    const { overdueMs, startMs } = plan;
    const data = schedule.data ?? null;
    const id = storedId(schedule.id);
    const options = {
      ...storedOptions(resolved(schedule), carriesPriorities),
      schedule: JSON.stringify(declared),
    };
    const repeat: RepeatOptions = {
      ...('everyMs' in rule ? { every: rule.everyMs } : { pattern: rule.cron, tz: rule.timeZone ?? 'UTC' }),
      ...(endAtMs !== undefined && { endDate: endAtMs }),
    };
    const limited = (limit: number | undefined) => (limit === undefined ? repeat : { ...repeat, limit });
    if (overdueMs !== undefined) {
      const due = active(
        await placeDueSchedule(bullMqQueue, {
          ...{ storedId: id, slotMs: overdueMs, name, data: JSON.stringify(data), options },
          repeat: limited(schedule.remainingRuns),
        }),
      );
      if (due) return due;
    }
    // BullMQ replaces a scheduler in one step, but keeps the pending slot of an interval that does not change,
    // whatever start it is told. Aside it is safe until the new one stands.
    if (replaces) await store.take(id, 'keep');
    if (startMs === undefined) {
      await store.remove(id);
    } else {
      // Without an offset, of which 0 is one, BullMQ goes by the grid of the interval that was there before.
      const start = {
        startDate: startMs,
        offset: 'everyMs' in rule ? startMs % rule.everyMs || rule.everyMs : undefined,
      };
      // The queue's own upsertJobScheduler turns the payload `null` into `{}`; this one keeps it.
      const scheduler = await queue.jobScheduler;
      await scheduler.upsertJobScheduler(id, { ...limited(plan.limit), ...start }, name, data, options, {
        override: true,
      });
      await store.forget(id);
    }
    const nextRunAtMs = startMs ?? overdueMs ?? Number.NaN;
    return active(await store.read(id)) ?? ({ ...schedule, engine, nextRunAtMs } as ActiveSchedule<S>);
  };

  return {
    async upsert(schedule, { firstRunAtMs: firstRun } = {}) {
      checkSchedule(where, schedule, firstRun);
      await parsePayload(definition, schedule.name, schedule.data);
      const declared = declarationOf(schedule, resolved(schedule));
      slotAfter(schedule.rule, Date.now());
      const firstRunAtMs = firstRun === undefined ? undefined : Math.ceil(firstRun);
      const id = storedId(schedule.id);
      return bullMqQueue.use(
        async (queue) => {
          const stored = await store.read(id);
          const existing = active(stored);
          if (stored && existing && isSameContent(stored, schedule, declared)) {
            // A first run that has passed was honoured when the schedule was made.
            const keepsSlot =
              firstRunAtMs === undefined ||
              firstRunAtMs === existing.nextRunAtMs ||
              firstRunAtMs <= Date.now();
            if (keepsSlot) return existing;
          }
          const nowMs = Date.now();
          const keptSlotMs = firstRunAtMs === undefined ? keptSlot(stored, declared, nowMs) : undefined;
          const plan = planSchedule({ schedule, nowMs, firstRunAtMs, keptSlotMs });
          const replaces = stored !== null && (firstRunAtMs !== undefined || !existing);
          return place(queue, schedule, declared, plan, { replaces });
        },
        { again: true },
      );
    },
    get: (id) => bullMqQueue.use(async () => active(await store.read(storedId(id))), { again: true }),
    list: () =>
      bullMqQueue.use(
        async () => (await store.readAll()).map(active).filter((schedule) => schedule !== null),
        {
          again: true,
        },
      ),
    remove: (id) => bullMqQueue.use(() => store.remove(storedId(id))),
    suspend: (id) =>
      bullMqQueue.use(async () => {
        const suspended = active(await store.take(storedId(id), 'keep'));
        if (!suspended) await store.forget(storedId(id));
        return suspended;
      }),
    suspended: () =>
      bullMqQueue.use(
        async () => (await store.readSuspended()).map(active).filter((schedule) => schedule !== null),
        { again: true },
      ),
    resume: (id) =>
      bullMqQueue.use(
        async (queue) => {
          const stored = (await store.readSuspended()).find((entry) => callerId(entry.storedId) === id);
          const suspended = active(stored ?? null);
          if (!stored || !suspended) return null;
          // A crash after the schedule was put back, but before it was forgotten here, comes by a second time.
          const existing = active(await store.read(stored.storedId));
          if (existing) {
            await store.forget(stored.storedId);
            return existing;
          }
          const firstRunAtMs = suspended.nextRunAtMs;
          const plan = planSchedule({ schedule: suspended, nowMs: Date.now(), firstRunAtMs });
          return place(queue, suspended, storedDeclaration(stored), plan, { replaces: false });
        },
        { again: true },
      ),
    async forget(id) {
      await bullMqQueue.use(() => store.forget(storedId(id)), { again: true });
    },
  };
}

/** The pending slot of the same rule, which goes on when payload or options change. */
function keptSlot(stored: StoredSchedule | null, { rule }: Declaration, nowMs: number): number | undefined {
  if (!stored || !isSameRule(storedDeclaration(stored).rule, rule)) return undefined;
  const { slotMs, isTaken } = stored;
  if (!isTaken) return slotMs;
  return 'everyMs' in rule ? gridSlotAfter(rule.everyMs, slotMs, Math.max(nowMs, slotMs)) : undefined;
}
