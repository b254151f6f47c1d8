import {
  checkSchedule,
  InvalidOptionError,
  parsePayload,
  resolveJobOptions,
  type ActiveSchedule,
  type JobSchedules,
  type JobSchemas,
  type QueueDefinition,
  type Schedule,
} from '@switchyard/queue-contract';
import { toBullOptions } from './bull-options.js';
import type { BullJobOptions, BullRepeat } from './bull-queue.js';
import type { EngineContext } from './engine-context.js';
import { firingAfter, firingAt } from './next-firing.js';
import { toJson } from './job-data.js';
import { REMOVE_SCHEDULE } from './remove-schedule.lua.js';
import { REPLACE_SCHEDULE } from './replace-schedule.lua.js';
import { RESUME_SCHEDULE } from './resume-schedule.lua.js';
import { checkCronOf, checkExpressible } from './schedule-check.js';
import { toDeparted, withIdentity } from './schedule-identity.js';
import { firingPrefix, repeatKey } from './schedule-keys.js';
import {
  dataOf,
  optionsOf,
  readSchedules,
  toActiveSchedule,
  type ScheduleRecord,
} from './schedule-records.js';
import { nextSlotMs, ruleOf } from './schedule-slots.js';
import { SUSPEND_SCHEDULE } from './suspend-schedule.lua.js';

/** How often to start over when others change the same queue's schedules at the same moment. */
const MAX_TRIES = 20;

export function createSchedules<S extends JobSchemas>(
  context: EngineContext,
  definition: QueueDefinition<S>,
): JobSchedules<S> {
  const { engine, client, run, call } = context;
  const keys = context.keys(definition.name);
  const where = `queue "${definition.name}"`;
  const carriesPriorities = definition.priorities ?? false;

  const active = (record: ScheduleRecord) =>
    toActiveSchedule(engine, record, carriesPriorities) as unknown as ActiveSchedule<S>;
  const read = () => call(() => readSchedules(client, run, keys));
  const find = async (id: string) => (await read()).records.find((record) => record.id === id);

  async function untilUndisturbed<T>(what: string, attempt: () => Promise<T | undefined>): Promise<T> {
    for (let n = 0; n < MAX_TRIES; n++) {
      const result = await attempt();
      if (result !== undefined) return result;
    }
    throw new Error(`${what} of ${where} was changed by others ${MAX_TRIES} times in a row`);
  }

  async function place(
    schedule: Schedule<S>,
    data: string,
    wanted: BullJobOptions,
    firstRunAtMs: number | undefined,
  ): Promise<ActiveSchedule<S> | undefined> {
    const { members, records } = await read();
    const existing = records.find((record) => record.id === schedule.id);
    const nowMs = Date.now();
    if (existing && isSame(schedule, data, wanted, existing)) {
      // A first run that has passed was honoured when the schedule was made.
      const keepsSlot =
        firstRunAtMs === undefined || firstRunAtMs === existing.slotMs || firstRunAtMs <= nowMs;
      if (keepsSlot) return active(existing);
    }

    const slotMs = firstRunAtMs ?? firstSlotMs(schedule, wanted, existing, nowMs);
    if (slotMs === null || slotMs > (schedule.endAtMs ?? Infinity)) {
      throw new InvalidOptionError(
        `endAtMs of a schedule of ${where}`,
        schedule.endAtMs,
        'after its first firing',
      );
    }
    const departed = await call(() => client.hget(keys.departed, schedule.id));
    const repeat = withIdentity(schedule, wanted.repeat ?? {}, slotMs, departed);
    const key = repeatKey(schedule.name, repeat);
    const prefix = firingPrefix(schedule.name, repeat.jobId, key);
    const firing = firingAt(schedule.name, { ...wanted, repeat }, slotMs, nowMs, 1);
    const replaced = existing ? [existing.member, existing.delayed ? firingIdOf(existing) : ''] : [];
    const opts = JSON.stringify(firing.opts);
    const priority = String(wanted.priority ?? 0);
    const replacedNow = await call(() =>
      run(
        REPLACE_SCHEDULE,
        [keys.repeat, keys.suspended],
        [
          ...[keys.base, members.join('\n'), schedule.id, key, prefix, slotMs],
          ...[schedule.name, data, opts, nowMs, firing.opts.delay ?? 0, priority],
          ...replaced,
        ],
      ),
    );
    if (replacedNow !== 1) return undefined;
    const { id, name } = schedule;
    return active({ id, member: key, prefix, slotMs, name, data, opts, priority, delayed: true });
  }

  async function suspendOnce(id: string): Promise<ActiveSchedule<S> | null | undefined> {
    const record = await find(id);
    if (!record) return null;
    // What could be put nowhere else goes on firing here.
    await checkExpressible(engine, definition, record);
    const next = firingAfter(record.name, optionsOf(record), Date.now(), record.slotMs);
    const nextRecord = next && { ...record, slotMs: next.slotMs, opts: JSON.stringify(next.opts) };
    const taken = await call(() =>
      run(
        SUSPEND_SCHEDULE,
        [keys.repeat, keys.suspended],
        [
          ...[keys.base, id, record.member, record.prefix, record.slotMs],
          ...[toKept(record), nextRecord ? toKept(nextRecord) : ''],
        ],
      ),
    );
    if (taken === 0) return undefined;
    if (taken === 1) return active(record);
    return nextRecord && active(nextRecord);
  }

  const suspendedRecords = async () => {
    const kept = await call(() => client.hgetall(keys.suspended));
    return Object.entries(kept).map(([id, text]) => fromKept(id, text));
  };

  return {
    async upsert(schedule, { firstRunAtMs } = {}) {
      checkSchedule(where, schedule as Schedule, firstRunAtMs);
      await parsePayload(definition, schedule.name, schedule.data);
      const resolved = resolveJobOptions(
        where,
        definition.defaults ?? {},
        carriesPriorities,
        schedule.options,
      );
      const wanted = { ...toBullOptions(resolved), repeat: repeatOf(where, schedule as Schedule) };
      const data = toJson(definition.name, schedule.name, schedule.data);
      const first = firstRunAtMs === undefined ? undefined : Math.ceil(firstRunAtMs);
      return untilUndisturbed(`schedule "${schedule.id}"`, () => place(schedule, data, wanted, first));
    },
    async get(id) {
      const record = await find(id);
      return record ? active(record) : null;
    },
    async list() {
      return (await read()).records.map(active);
    },
    async remove(id) {
      const record = await find(id);
      const removed = await call(() =>
        run(
          REMOVE_SCHEDULE,
          [keys.repeat, keys.suspended],
          [...[keys.base, id, record?.member ?? '', record?.prefix ?? '']],
        ),
      );
      return removed === 1;
    },
    suspend: (id) => untilUndisturbed(`schedule "${id}"`, () => suspendOnce(id)),
    async suspended() {
      return (await suspendedRecords()).map(active);
    },
    async resume(id) {
      const resumed = await call(() =>
        run(RESUME_SCHEDULE, [keys.repeat, keys.suspended], [keys.base, id, Date.now()]),
      );
      const record = resumed === 1 ? await find(id) : undefined;
      return record ? active(record) : null;
    },
    async forget(id) {
      const kept = await call(() => client.hget(keys.suspended, id));
      // First, so that whoever dies in between has only to forget again.
      if (kept !== null) await call(() => client.hset(keys.departed, id, toDeparted(fromKept(id, kept))));
      await call(() => client.hdel(keys.suspended, id));
    },
  };
}

function repeatOf(where: string, { rule, endAtMs, remainingRuns }: Schedule): BullRepeat {
  const limits = {
    ...(endAtMs === undefined ? {} : { endDate: endAtMs }),
    ...(remainingRuns === undefined ? {} : { limit: remainingRuns }),
  };
  if ('everyMs' in rule) return { every: rule.everyMs, ...limits };
  const { cron, timeZone = 'UTC' } = rule;
  checkCronOf(where, cron, timeZone);
  return { cron, tz: timeZone, ...limits };
}

/** Without a wish of the caller: the slot that is pending if the rule stays, else the rule's next. */
function firstSlotMs(
  schedule: Schedule,
  { repeat = {} }: BullJobOptions,
  existing: ScheduleRecord | undefined,
  nowMs: number,
): number | null {
  if (existing && sameRule(repeat, optionsOf(existing).repeat)) {
    if (existing.delayed) return existing.slotMs;
    return nextSlotMs(
      { ...optionsOf(existing).repeat, endDate: schedule.endAtMs },
      Math.max(nowMs, existing.slotMs),
    );
  }
  return repeat.every ? nowMs + repeat.every : nextSlotMs(repeat, nowMs);
}

function isSame(schedule: Schedule, data: string, wanted: BullJobOptions, existing: ScheduleRecord): boolean {
  const stored = optionsOf(existing);
  const content = (name: string, payload: unknown, options: BullJobOptions) =>
    canonical({
      name,
      payload,
      endMs: options.repeat?.endDate === undefined ? null : new Date(options.repeat.endDate).getTime(),
      limit: options.repeat?.limit ?? null,
      attempts: options.attempts ?? 1,
      backoff: options.backoff ?? null,
      priority: options.priority ?? 0,
      timeout: options.timeout ?? null,
      lifo: options.lifo ?? false,
      removeOnComplete: options.removeOnComplete ?? false,
      removeOnFail: options.removeOnFail ?? false,
    });
  return (
    sameRule(wanted.repeat ?? {}, stored.repeat) &&
    content(schedule.name, JSON.parse(data), wanted) === content(existing.name, dataOf(existing), stored)
  );
}

function sameRule(one: BullRepeat, other: BullRepeat): boolean {
  return canonical(ruleOf(one)) === canonical(ruleOf(other));
}

/** JSON in which the order of properties does not matter. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function firingIdOf({ prefix, slotMs }: ScheduleRecord): string {
  return `${prefix}${slotMs}`;
}

/** What the side hash holds. The scripts read it, too. */
function toKept({ member, prefix, slotMs, name, data, opts, priority }: ScheduleRecord): string {
  return JSON.stringify({ member, prefix, slot: String(slotMs), name, data, opts, priority });
}

function fromKept(id: string, text: string): ScheduleRecord {
  const { slot, ...kept } = JSON.parse(text) as Omit<ScheduleRecord, 'id' | 'slotMs' | 'delayed'> & {
    slot: string;
  };
  return { ...kept, id, slotMs: Number(slot), delayed: true };
}
