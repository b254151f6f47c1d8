import { InvalidOptionError } from './errors.js';
import { checkOptionNames } from './option-names.js';

/** The lowest urgency a caller can name. 1 is the highest; a job without a priority comes after them all. */
export const MAX_PRIORITY = 2_097_150;

/** Ids are at most this many bytes of UTF-8. */
export const MAX_JOB_ID_BYTES = 512;

/** Delays are at most this long: a hundred years, beyond which due times lose their milliseconds. */
export const MAX_DELAY_MS = 100 * 365.25 * 24 * 3600 * 1000;

/**
 * How long to wait before attempt n + 1, n being the attempts made so far: `fixed` waits `delayMs`,
 * `exponential` waits 2ⁿ⁻¹ · `delayMs`, `custom` asks the queue's `backoffDelayMs`.
 */
export type Backoff =
  { readonly type: 'fixed' | 'exponential'; readonly delayMs: number } | { readonly type: 'custom' };

/** `true` removes the job at its end, `false` keeps it, an object keeps the newest `count` no older than `ageSeconds`. */
export type Retention = boolean | { readonly count?: number; readonly ageSeconds?: number };

/** What a queue's declaration may preset for its jobs. */
export interface JobDefaults {
  /** Attempts in all, 1 to 1000. Default 1. */
  readonly attempts?: number;
  /** Default: retry at once. */
  readonly backoff?: Backoff;
  /** Each attempt fails after this many ms. Default: no limit. */
  readonly timeoutMs?: number;
  /** Default `{ count: 1000 }`. */
  readonly removeOnComplete?: Retention;
  /** Default `{ count: 5000 }`. */
  readonly removeOnFail?: Retention;
}

export interface JobOptions extends JobDefaults {
  /** Any string of 1 to 512 bytes. A second add under an id the queue still knows is a no-op. Default: unique. */
  readonly id?: string;
  /** Default 0. */
  readonly delayMs?: number;
  /** 1 (first) to 2 097 150. Only on a queue that declares `priorities`. Default: after every number. */
  readonly priority?: number;
  /** Adds under the same id are one job until the first ends, or for `ttlMs` when that is given. */
  readonly deduplication?: { readonly id: string; readonly ttlMs?: number };
  /** Run before the jobs that wait already. Default false. */
  readonly lifo?: boolean;
}

/** Options with every default filled in. `undefined` means "none". */
export interface ResolvedJobOptions {
  readonly id: string | undefined;
  readonly delayMs: number;
  readonly priority: number | undefined;
  readonly attempts: number;
  readonly backoff: Backoff | undefined;
  readonly timeoutMs: number | undefined;
  readonly removeOnComplete: Retention;
  readonly removeOnFail: Retention;
  readonly deduplication: { readonly id: string; readonly ttlMs?: number } | undefined;
  readonly lifo: boolean;
}

const DEFAULT_NAMES = ['attempts', 'backoff', 'timeoutMs', 'removeOnComplete', 'removeOnFail'];
const OPTION_NAMES = [...DEFAULT_NAMES, 'id', 'delayMs', 'priority', 'deduplication', 'lifo'];

/** Silence would run such a job once and lose its schedule. */
const INSTEAD = { repeat: 'none: a schedule is declared with schedules.upsert' };

const FALLBACK = {
  attempts: 1,
  removeOnComplete: { count: 1000 },
  removeOnFail: { count: 5000 },
} as const;

/**
 * Checks options and fills in the queue's defaults.
 *
 * @param where named in errors, such as `queue "calendar-sync"`
 * @throws InvalidOptionError
 */
export function resolveJobOptions(
  where: string,
  defaults: JobDefaults,
  carriesPriorities: boolean,
  options: JobOptions = {},
): ResolvedJobOptions {
  const bad = (option: string, value: unknown, allowed: string): never => {
    throw new InvalidOptionError(`${option} of a job of ${where}`, value, allowed);
  };
  checkOptionNames(`a job of ${where}`, options, OPTION_NAMES, INSTEAD);
  const merged = { ...FALLBACK, ...defined(defaults), ...defined(options) };
  const { id, delayMs = 0, priority, deduplication, lifo = false } = options;

  if (id !== undefined && !isJobId(id)) bad('id', id, `a string of 1 to ${MAX_JOB_ID_BYTES} bytes`);
  if (!isNumberIn(delayMs, 0, MAX_DELAY_MS)) bad('delayMs', delayMs, `0 to ${MAX_DELAY_MS}`);
  if (priority !== undefined) {
    if (!carriesPriorities) bad('priority', priority, 'none, since the queue does not declare priorities');
    if (!isIntegerIn(priority, 1, MAX_PRIORITY))
      bad('priority', priority, `an integer, 1 to ${MAX_PRIORITY}`);
  }
  if (typeof lifo !== 'boolean') bad('lifo', lifo, 'true or false');
  if (lifo && carriesPriorities) bad('lifo', lifo, 'false on a queue that declares priorities');
  if (deduplication !== undefined) {
    if (!isJobId(deduplication?.id))
      bad('deduplication.id', deduplication?.id, `a string of 1 to ${MAX_JOB_ID_BYTES} bytes`);
    checkOptionNames(`deduplication of a job of ${where}`, deduplication, ['id', 'ttlMs']);
    const { ttlMs } = deduplication;
    if (ttlMs !== undefined && !isIntegerIn(ttlMs, 1, MAX_DELAY_MS))
      bad('deduplication.ttlMs', ttlMs, 'an integer, 1 or more');
  }
  checkValues(where, merged);

  return {
    id,
    delayMs,
    priority,
    attempts: merged.attempts,
    backoff: merged.backoff,
    timeoutMs: merged.timeoutMs,
    removeOnComplete: merged.removeOnComplete,
    removeOnFail: merged.removeOnFail,
    deduplication,
    lifo,
  };
}

/** @throws InvalidOptionError */
export function checkJobDefaults(where: string, defaults: JobDefaults): void {
  checkOptionNames(`defaults of ${where}`, defaults, DEFAULT_NAMES);
  checkValues(where, defaults);
}

function checkValues(where: string, defaults: JobDefaults): void {
  const bad = (option: string, value: unknown, allowed: string): never => {
    throw new InvalidOptionError(`${option} of a job of ${where}`, value, allowed);
  };
  const { attempts, backoff, timeoutMs } = defaults;
  if (attempts !== undefined && !isIntegerIn(attempts, 1, 1000))
    bad('attempts', attempts, 'an integer, 1 to 1000');
  if (backoff !== undefined) {
    if (backoff?.type !== 'fixed' && backoff?.type !== 'exponential' && backoff?.type !== 'custom') {
      bad('backoff.type', (backoff as { type: unknown } | null)?.type, 'fixed, exponential or custom');
    }
    checkOptionNames(`backoff of a job of ${where}`, backoff, ['type', 'delayMs']);
    if (backoff.type !== 'custom' && !isNumberIn(backoff.delayMs, 0, MAX_DELAY_MS)) {
      bad('backoff.delayMs', backoff.delayMs, `0 to ${MAX_DELAY_MS}`);
    }
  }
  if (timeoutMs !== undefined && !isNumberIn(timeoutMs, 1, 2 ** 31 - 1))
    bad('timeoutMs', timeoutMs, '1 to 2147483647');
  for (const option of ['removeOnComplete', 'removeOnFail'] as const) {
    const retention = defaults[option];
    if (retention === undefined || typeof retention === 'boolean') continue;
    const limits =
      typeof retention === 'object' && retention !== null ? Object.entries(defined(retention)) : [];
    const isLimit = ([name, value]: [string, unknown]) =>
      (name === 'count' || name === 'ageSeconds') && isIntegerIn(value, 0, Number.MAX_SAFE_INTEGER);
    if (limits.length === 0 || !limits.every(isLimit)) {
      bad(
        option,
        retention,
        'true, false, or { count, ageSeconds } with at least one of them, integers of 0 or more',
      );
    }
  }
}

/** A lone surrogate has no UTF-8 of its own: stores would give two such ids one key. */
/** Whether it may be the id of a job, a de-duplication or a schedule: half a surrogate pair would not come back. */
export function isJobId(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    !/\p{Surrogate}/u.test(value) &&
    new TextEncoder().encode(value).length <= MAX_JOB_ID_BYTES
  );
}

function isNumberIn(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && value >= min && value <= max;
}

function isIntegerIn(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && isNumberIn(value, min, max);
}

function defined<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}
