import type Bull from 'bull';

/** One job as an app on plain Bull adds it; without a name when it gives none. */
export interface LegacyJob {
  readonly name?: string;
  readonly data?: unknown;
  readonly options?: Bull.JobOptions;
}

const HOUR_MS = 3600 * 1000;
const MEGABYTE = 1024 * 1024;

/** A job for every option and kind of payload that Bull 3 and 4 both have. */
export const JOBS_OF_EVERY_KIND: Readonly<Record<string, LegacyJob>> = {
  named: { name: 'send', data: { n: 1 } },
  unnamed: { data: { n: 2 } },
  'without data': { name: 'send' },
  'unnamed, with an empty object': { data: {} },
  'an array': { name: 'send', data: [1, [2], null] },
  'a number': { name: 'send', data: 7 },
  'a text': { name: 'send', data: 'ünï "quoted" \u2028 \u0000 🚂' },
  'falsy data, which Bull stores as an object': { name: 'send', data: 0 },
  'a megabyte': { name: 'send', data: { text: 'x🚂'.repeat(MEGABYTE / 5) } },
  'nested and not ASCII': { name: 'sync', data: { größe: { 名前: ['ß', '\\', "'"] } } },
  'a number as its id': { name: 'send', data: {}, options: { jobId: 987654 } },
  'a text as its id': { name: 'send', data: {}, options: { jobId: 'order:7' } },
  'an odd id': { name: 'send', data: {}, options: { jobId: 'a b/ç*?[x] "q" \\ 🚂' } },
  'urgent priority': { name: 'send', data: {}, options: { priority: 1 } },
  'a low priority': { name: 'send', data: {}, options: { priority: 2 ** 31 } },
  'the same priority': { name: 'sync', data: {}, options: { priority: 1 } },
  'a middle priority': { name: 'sync', data: {}, options: { priority: 20 } },
  lifo: { name: 'send', data: {}, options: { lifo: true } },
  'lifo again': { name: 'send', data: {}, options: { lifo: true } },
  attempts: { name: 'send', data: {}, options: { attempts: 3 } },
  'attempts as a text': { name: 'send', data: {}, options: { attempts: '3' as unknown as number } },
  'backoff as a number': { name: 'send', data: {}, options: { attempts: 3, backoff: 5 } },
  'fixed backoff': { name: 'send', data: {}, options: { attempts: 3, backoff: { type: 'fixed', delay: 5 } } },
  'exponential backoff': {
    name: 'send',
    data: {},
    options: { attempts: 3, backoff: { type: 'exponential', delay: 2 } },
  },
  'a backoff of its own': {
    name: 'send',
    data: {},
    options: { attempts: 3, backoff: { type: 'jitter', options: { most: 5 } } },
  },
  'a time-out': { name: 'send', data: {}, options: { timeout: 60_000 } },
  'kept when it ends': { name: 'send', data: {}, options: { removeOnComplete: false, removeOnFail: false } },
  'removed when it completes': { name: 'send', data: {}, options: { removeOnComplete: true } },
  'removed when it fails': { name: 'send', data: {}, options: { removeOnFail: true } },
  'kept by number': { name: 'send', data: {}, options: { removeOnComplete: 500, removeOnFail: 500 } },
  'kept by age and number': {
    name: 'send',
    data: {},
    options: { removeOnComplete: { age: 3600, count: 500 }, removeOnFail: { age: 3600 } },
  },
  'a limit of stack traces': { name: 'send', data: {}, options: { attempts: 3, stackTraceLimit: 1 } },
  'data that is not parsed': { name: 'send', data: { raw: true }, options: { preventParsingData: true } },
  'a time stamp of its own': {
    name: 'send',
    data: {},
    options: { timestamp: 1_600_000_000_000 } as Bull.JobOptions,
  },
  'a short delay': { name: 'send', data: {}, options: { delay: 300 } },
  'a long delay': { name: 'send', data: {}, options: { delay: 48 * HOUR_MS } },
  'a delay of a year': { name: 'send', data: {}, options: { delay: 365 * 24 * HOUR_MS, priority: 3 } },
  'a delay below zero': { name: 'send', data: {}, options: { delay: -5 } },
};

/** A schedule for every option of a repeatable job. */
export const REPEATS_OF_EVERY_KIND: Readonly<Record<string, LegacyJob>> = {
  cron: { data: { r: 1 }, options: { repeat: { cron: '15 3 * * *' } } },
  'with a time zone': {
    name: 'send',
    data: { r: 2 },
    options: { repeat: { cron: '15 3 * * *', tz: 'Asia/Tokyo' } },
  },
  'in UTC': { name: 'sync', data: { r: 3 }, options: { repeat: { cron: '15 4 * * *', utc: true } as never } },
  'with seconds': { name: 'send', data: { r: 4 }, options: { repeat: { cron: '30 15 3 * * *' } } },
  'of one field': { name: 'send', data: { r: 5 }, options: { repeat: { cron: '1', tz: 'Europe/Berlin' } } },
  interval: { name: 'send', data: { r: 6 }, options: { repeat: { every: 6 * HOUR_MS } } },
  'with an id': {
    name: 'send',
    data: { r: 7 },
    options: { jobId: 'nightly', repeat: { cron: '0 2 * * *' } },
  },
  'with a limit': {
    name: 'send',
    data: { r: 8 },
    options: { jobId: 'l', repeat: { every: 7 * HOUR_MS, limit: 9 } },
  },
  'with a count': {
    name: 'send',
    data: { r: 9 },
    options: { jobId: 'c', repeat: { every: 8 * HOUR_MS, limit: 9, count: 4 } as never },
  },
  'that begins later': {
    name: 'send',
    data: { r: 10 },
    options: { jobId: 's', repeat: { cron: '0 0 1 1 *', tz: 'UTC', startDate: new Date('2097-06-01') } },
  },
  'that ends': {
    name: 'send',
    data: { r: 11 },
    options: { jobId: 'e', repeat: { cron: '0 5 * * *', endDate: new Date('2099-01-01') } },
  },
  'with options for its jobs': {
    name: 'send',
    data: { r: 12 },
    options: {
      jobId: 'o',
      attempts: 4,
      backoff: { type: 'exponential', delay: 9 },
      priority: 3,
      timeout: 5000,
      removeOnComplete: true,
      removeOnFail: 10,
      repeat: { every: 9 * HOUR_MS },
    },
  },
};

/** Adds them one after another, as an app does; answers the id of each. */
export async function addAll(
  queue: Bull.Queue,
  jobs: Readonly<Record<string, LegacyJob>>,
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  for (const [title, { name, data, options }] of Object.entries(jobs)) {
    // Bull writes into what it is given.
    const given = options && { ...options, ...(options.repeat ? { repeat: { ...options.repeat } } : {}) };
    const job = name === undefined ? await queue.add(data, given) : await queue.add(name, data, given);
    ids.set(title, String(job.id));
  }
  return ids;
}
