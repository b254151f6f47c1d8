import type { ActiveSchedule } from '@switchyard/queue-contract';
import type { Redis } from 'ioredis';
import { storedData, storedOptions, toFields } from './bull-job.js';
import { fromBullOptions } from './bull-options.js';
import type { BullJobOptions, BullRepeat } from './bull-queue.js';
import type { QueueKeys } from './queue-keys.js';
import { READ_SCHEDULES } from './read-schedules.lua.js';
import type { RunScript } from './run-script.js';
import { firingPrefix, idOfKey, readingsOfKey } from './schedule-keys.js';
import { ruleOf } from './schedule-slots.js';

/** A schedule and its pending firing, as they are stored. */
export interface ScheduleRecord {
  readonly id: string;
  /** Its member in Bull's `repeat` set. */
  readonly member: string;
  /** What the ids of its firings begin with. */
  readonly prefix: string;
  readonly slotMs: number;
  readonly name: string;
  /** JSON, as the two below. */
  readonly data: string;
  readonly opts: string;
  readonly priority: string;
  /** Whether the firing has yet to fall due. */
  readonly delayed: boolean;
}

export interface ScheduleState {
  /** Every member of the `repeat` set, in its order. */
  readonly members: readonly string[];
  /** The schedules that will fire: Bull leaves members behind whose last firing is over. */
  readonly records: readonly ScheduleRecord[];
}

export async function readSchedules(client: Redis, run: RunScript, keys: QueueKeys): Promise<ScheduleState> {
  const members = await client.zrange(keys.repeat, 0, -1);
  if (members.length === 0) return { members, records: [] };
  const candidates = members.map((member) =>
    readingsOfKey(member).map(({ name, jobId }) => firingPrefix(name, jobId, member)),
  );
  const args = members.flatMap((member, n) => [member, candidates[n]?.length ?? 0, ...(candidates[n] ?? [])]);
  const replies = await run(READ_SCHEDULES, [keys.repeat, keys.delayed], [keys.base, ...args]);
  const records: ScheduleRecord[] = [];
  for (const [n, reply] of (replies as (string | number)[][]).entries()) {
    const [slot, candidate, delayed, ...flat] = reply;
    if (slot === undefined) continue;
    const fields = toFields(flat.map(String));
    const member = members[n] as string;
    const { repeat } = storedOptions(fields);
    records.push({
      id: repeat?.jobId || idOfKey(member),
      member,
      prefix: candidates[n]?.[Number(candidate) - 1] ?? '',
      slotMs: Number(slot),
      name: fields['name'] ?? '',
      data: fields['data'] ?? '{}',
      opts: fields['opts'] ?? '{}',
      priority: fields['priority'] ?? '0',
      delayed: delayed === 1,
    });
  }
  return { members, records: withUniqueIds(records) };
}

/** Bull lets several schedules share an id as long as they differ in name or rule; here each then goes by its member. */
function withUniqueIds(records: readonly ScheduleRecord[]): readonly ScheduleRecord[] {
  const uses = new Map<string, number>();
  for (const { id } of records) uses.set(id, (uses.get(id) ?? 0) + 1);
  return records.map((record) =>
    (uses.get(record.id) ?? 0) > 1 ? { ...record, id: idOfKey(record.member) } : record,
  );
}

export function optionsOf({ opts }: Pick<ScheduleRecord, 'opts'>): BullJobOptions & { repeat: BullRepeat } {
  const options = storedOptions({ opts });
  return { ...options, repeat: options.repeat ?? {} };
}

export function dataOf({ data, opts }: Pick<ScheduleRecord, 'data' | 'opts'>): unknown {
  return storedData({ data }, storedOptions({ opts }));
}

export function toActiveSchedule(
  engine: string,
  record: ScheduleRecord,
  carriesPriorities: boolean,
): ActiveSchedule {
  const { repeat, ...options } = optionsOf(record);
  const { endDate, limit, count = 1 } = repeat;
  return {
    id: record.id,
    rule: ruleOf(repeat),
    name: record.name,
    data: dataOf(record),
    options: fromBullOptions(options, carriesPriorities),
    ...(endDate === undefined ? {} : { endAtMs: new Date(endDate).getTime() }),
    ...(limit === undefined ? {} : { remainingRuns: Math.max(1, limit - count + 1) }),
    engine,
    nextRunAtMs: record.slotMs,
  };
}
