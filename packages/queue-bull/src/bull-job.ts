import type { Job, JobState } from '@switchyard/queue-contract';
import { UNNAMED_JOB } from '@switchyard/queue-contract';
import type { BullJobOptions } from './bull-queue.js';
import { decodeJobId } from './job-ids.js';
import { scheduleIdOf } from './schedule-keys.js';

/** A job's hash. */
export type JobFields = Readonly<Record<string, string | undefined>>;

export function toJob(
  engine: string,
  queue: string,
  storedId: string,
  state: JobState,
  fields: JobFields,
): Job {
  const name = fields['name'] || UNNAMED_JOB;
  const options = storedOptions(fields);
  const failures = Number(fields['attemptsMade'] ?? 0);
  const completed = state === 'completed';
  const ended = completed || state === 'failed';
  const priority = Number(fields['priority'] ?? options.priority ?? 0);
  const stackTraces = parse(fields['stacktrace']);
  return {
    id: decodeJobId(storedId),
    name,
    queue,
    engine,
    data: storedData(fields, options),
    state,
    priority: priority > 0 ? priority : null,
    delayMs: Math.max(0, Number(options.delay ?? 0)),
    attempts: Number(options.attempts ?? 1),
    // Bull counts the attempts that failed.
    attemptsMade: failures + (completed ? 1 : 0),
    createdAtMs: Number(fields['timestamp'] ?? 0),
    processedAtMs: numberOrNull(fields['processedOn']),
    finishedAtMs: ended ? numberOrNull(fields['finishedOn']) : null,
    scheduleId: options.repeat ? scheduleIdOf(name, options.repeat) : null,
    progress: parse(fields['progress']) ?? null,
    result: completed ? (parse(fields['returnvalue']) ?? null) : null,
    failedReason: completed ? null : (fields['failedReason'] ?? null),
    stackTraces: Array.isArray(stackTraces) ? stackTraces.map(String) : [],
  };
}

export function storedOptions(fields: JobFields): BullJobOptions {
  const options = parse(fields['opts']);
  return typeof options === 'object' && options !== null ? options : {};
}

export function storedData(fields: JobFields, { preventParsingData }: BullJobOptions): unknown {
  const { data } = fields;
  return preventParsingData ? data : parse(data || '{}');
}

/** Names and values in turn, as HGETALL answers them inside a script. */
export function toFields(flat: readonly string[]): JobFields {
  const fields: Record<string, string> = Object.create(null);
  for (let n = 0; n + 1 < flat.length; n += 2) fields[flat[n] as string] = flat[n + 1] as string;
  return fields;
}

function numberOrNull(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

/** What is no JSON reads as `undefined`: another program's slip must not hide the rest of the job. */
function parse(text: string | undefined): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
