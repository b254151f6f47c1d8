import type {
  ActiveSchedule,
  JobSchemas,
  ResolvedJobOptions,
  Schedule,
  ScheduleRule,
} from '@switchyard/queue-contract';
import { slotAfter } from './schedule-slots.js';
import { callerId } from './stored-id.js';

/** What a schedule's template carries beside BullMQ's options: the schedule, but its payload, with nothing left open. */
export type Declaration = Pick<Schedule, 'rule' | 'options' | 'endAtMs' | 'remainingRuns'>;

/** A scheduler as it lies in Redis: the hash `repeat:<id>`, its score in `repeat`, the options of its next job. */
export interface StoredSchedule {
  readonly storedId: string;
  readonly hash: Readonly<Record<string, string>>;
  /** When it fires next, or, when that firing `isTaken` by a worker already, when it was due. */
  readonly slotMs: number;
  readonly isTaken: boolean;
  /** Which firing the one at that slot is, from 1. */
  readonly run: number;
}

/** The reply of the script that takes schedules away. */
export function suspendedSchedule(storedId: string, reply: string): StoredSchedule {
  const taken = JSON.parse(reply) as {
    readonly slot: string;
    readonly pending: boolean;
    readonly jobOpts: string | false;
    readonly hash: readonly string[];
  };
  const hash: Record<string, string> = {};
  for (let at = 0; at + 1 < taken.hash.length; at += 2)
    hash[String(taken.hash[at])] = String(taken.hash[at + 1]);
  const slotMs = Number(taken.slot);
  // Somebody removed the firing's job by hand: if its time has not come, no worker can have had it.
  const isTaken = !taken.pending && (taken.jobOpts !== false || slotMs <= Date.now());
  return { storedId, hash, slotMs, isTaken, run: runOf(taken.jobOpts) };
}

/** Which firing of its schedule a job is, from the JSON of its options. */
export function runOf(jobOpts: string | false | null): number {
  const { repeat } = JSON.parse(jobOpts || '{}') as { readonly repeat?: { readonly count?: number } };
  return repeat?.count ?? 1;
}

export function declarationOf(
  { rule, endAtMs, remainingRuns }: Schedule,
  options: ResolvedJobOptions,
): Declaration {
  const { attempts, backoff, timeoutMs, priority, lifo, removeOnComplete, removeOnFail } = options;
  return {
    rule:
      'everyMs' in rule ? { everyMs: rule.everyMs } : { cron: rule.cron, timeZone: rule.timeZone ?? 'UTC' },
    options: {
      attempts,
      ...(backoff && { backoff }),
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(priority !== undefined && { priority }),
      ...(lifo && { lifo }),
      removeOnComplete,
      removeOnFail,
    },
    ...(endAtMs !== undefined && { endAtMs }),
    ...(remainingRuns !== undefined && { remainingRuns }),
  };
}

/** What was declared, for a scheduler that stock BullMQ made as well. */
export function storedDeclaration({ hash }: StoredSchedule): Declaration {
  const { schedule } = JSON.parse(hash.opts ?? '{}') as { schedule?: string };
  if (schedule !== undefined) return JSON.parse(schedule) as Declaration;
  const rule: ScheduleRule =
    hash.every !== undefined
      ? { everyMs: Number(hash.every) }
      : { cron: hash.pattern ?? '', ...(hash.tz !== undefined && { timeZone: hash.tz }) };
  return {
    rule,
    ...(hash.endDate !== undefined && { endAtMs: Number(hash.endDate) }),
    ...(hash.limit !== undefined && { remainingRuns: Number(hash.limit) }),
  };
}

/** Whether it carries the same content, so that an upsert has nothing to change. */
export function isSameContent(stored: StoredSchedule, schedule: Schedule, declared: Declaration): boolean {
  return (
    stored.hash.name === schedule.name &&
    (stored.hash.data ?? '{}') === JSON.stringify(schedule.data ?? null) &&
    canonical(storedDeclaration(stored)) === canonical(declared)
  );
}

export function isSameRule(one: ScheduleRule, other: ScheduleRule): boolean {
  return canonical(one) === canonical(other);
}

/** How it reads to a caller; `null` when it has fired for the last time. */
export function activeSchedule<S extends JobSchemas>(
  engine: string,
  stored: StoredSchedule,
): ActiveSchedule<S> | null {
  const { hash, slotMs, isTaken, run } = stored;
  const declared = storedDeclaration(stored);
  const runsLeft = hash.limit === undefined ? undefined : Number(hash.limit) - run + (isTaken ? 0 : 1);
  const nextRunAtMs = isTaken ? slotAfter(declared.rule, slotMs, declared.endAtMs) : slotMs;
  if (nextRunAtMs === undefined || (runsLeft !== undefined && runsLeft < 1)) return null;
  return {
    id: callerId(stored.storedId),
    name: hash.name ?? '',
    data: JSON.parse(hash.data ?? '{}') as unknown,
    ...declared,
    ...(runsLeft !== undefined && { remainingRuns: runsLeft }),
    engine,
    nextRunAtMs,
  } as ActiveSchedule<S>;
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
