/** The keys of one Bull queue, and those of our own beside them. */
export interface QueueKeys {
  /** Its name in the Bull app. */
  readonly queue: string;
  /** `<prefix>:<queue>:`, which a job's id is appended to. */
  readonly base: string;
  readonly id: string;
  readonly wait: string;
  readonly paused: string;
  readonly metaPaused: string;
  readonly priority: string;
  readonly delayed: string;
  readonly active: string;
  readonly stalled: string;
  readonly completed: string;
  readonly failed: string;
  readonly repeat: string;
  readonly limiter: string;
  /** Hash: schedule id → what was taken away with it, while it is suspended. */
  readonly suspended: string;
  /** Hash: schedule id → what it was in Bull, once it has gone elsewhere. */
  readonly departed: string;
  /** Channel: the ids of jobs that were removed here. Bull tells nobody. */
  readonly removed: string;
}

export function queueKeys(prefix: string, queue: string): QueueKeys {
  const base = `${prefix}:${queue}:`;
  return {
    queue,
    base,
    id: `${base}id`,
    wait: `${base}wait`,
    paused: `${base}paused`,
    metaPaused: `${base}meta-paused`,
    priority: `${base}priority`,
    delayed: `${base}delayed`,
    active: `${base}active`,
    stalled: `${base}stalled`,
    completed: `${base}completed`,
    failed: `${base}failed`,
    repeat: `${base}repeat`,
    limiter: `${base}limiter`,
    suspended: `${base}switchyard:suspended`,
    departed: `${base}switchyard:departed`,
    removed: `${base}switchyard:removed`,
  };
}
