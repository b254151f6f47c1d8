/** A job whose add was answered. */
export interface AcceptedJob {
  readonly queue: string;
  readonly id: string;
  readonly meant: 'complete' | 'fail';
  /** How often its handler has to be called for that: a job that fails twice and then passes is called 3 times. */
  readonly calls: number;
}

/** One call of a job's handler, as the app published it. */
export interface SeenAttempt {
  readonly queue: string;
  readonly jobId: string;
  readonly succeeded: boolean;
}

/** A job as an engine held it when all was quiet. */
export interface StoredJob {
  readonly queue: string;
  readonly id: string;
  readonly engine: string;
  readonly state: 'waiting' | 'delayed' | 'active' | 'completed' | 'failed';
}

export interface History {
  readonly accepted: readonly AcceptedJob[];
  readonly attempts: readonly SeenAttempt[];
  /** Without it, jobs that have not ended are pending: nobody can say yet whether they are lost. */
  readonly stored?: readonly StoredJob[];
}

/** `accepted` = `completed` + `failed` + `lost` + `pending`. */
export interface JobFigures {
  readonly accepted: number;
  /** Their handler succeeded. */
  readonly completed: number;
  /** Failed for good, as their handler meant them to. */
  readonly failed: number;
  /** Neither completed, nor failed as meant, nor present on any engine. */
  readonly lost: number;
  /** Their handler succeeded more than once. They are `completed` too. */
  readonly doubled: number;
  /** Handler calls beyond those that were meant. */
  readonly reruns: number;
  /** Still to be run, or (without a look at the engines) not ended yet. */
  readonly pending: number;
}

export interface Account {
  readonly queues: ReadonlyMap<string, JobFigures>;
  readonly total: JobFigures;
  /** One line for each job that did not go as it should. */
  readonly problems: readonly string[];
  /** One line for each job that did, but whose handler was called more often than meant: a fault has to explain it. */
  readonly rerunJobs: readonly string[];
}

type Verdict = 'completed' | 'failed' | 'lost' | 'pending';

/** Judges every job by its queue and id. A second add under the same id is the same job. */
export function takeAccount({ accepted, attempts, stored }: History): Account {
  const jobs = new Map(accepted.map((job) => [key(job.queue, job.id), job]));
  const calls = groupBy(attempts, ({ queue, jobId }) => key(queue, jobId));
  const places = stored && groupBy(stored, ({ queue, id }) => key(queue, id));
  const queues = new Map<string, Mutable<JobFigures>>();
  const total = noFigures();
  const problems: string[] = [];
  const rerunJobs: string[] = [];

  for (const [jobKey, job] of jobs) {
    const made = calls.get(jobKey) ?? [];
    const successes = made.filter(({ succeeded }) => succeeded).length;
    const found = places && (places.get(jobKey) ?? []);
    const verdict = judge(job, successes, made.length, found);
    const queue = queues.get(job.queue) ?? noFigures();
    queues.set(job.queue, queue);
    for (const figures of [queue, total]) {
      figures.accepted++;
      figures[verdict]++;
      if (successes > 1) figures.doubled++;
      figures.reruns += Math.max(0, made.length - job.calls);
    }
    const history = `called ${made.length} of ${job.calls} times, ${successes} successes, ${placesOf(found)}`;
    const problem = describe(job, verdict, successes, found);
    if (problem) problems.push(`${job.queue} ${job.id}: ${problem} (${history})`);
    else if (made.length > job.calls) rerunJobs.push(`${job.queue} ${job.id}: ${history}`);
  }

  for (const [jobKey, [attempt]] of calls) {
    if (attempt && !jobs.has(jobKey))
      problems.push(`${attempt.queue} ${attempt.jobId}: ran but was never added`);
  }
  return { queues, total, problems, rerunJobs };
}

function judge(
  job: AcceptedJob,
  successes: number,
  calls: number,
  found: readonly StoredJob[] | undefined,
): Verdict {
  if (successes > 0) return 'completed';
  const failedAsMeant = job.meant === 'fail' && calls >= job.calls;
  if (found === undefined) return failedAsMeant ? 'failed' : 'pending';
  if (found.some(isUnfinished)) return 'pending';
  return failedAsMeant && found.every(({ state }) => state === 'failed') ? 'failed' : 'lost';
}

function describe(
  job: AcceptedJob,
  verdict: Verdict,
  successes: number,
  found: readonly StoredJob[] | undefined,
): string | undefined {
  if (verdict === 'lost') return `lost, it was meant to ${job.meant}`;
  if (successes > 1) return 'doubled';
  if (successes > 0 && job.meant === 'fail') return 'completed though it was meant to fail';
  if (found === undefined) return undefined;
  if (verdict === 'pending') return 'not finished';
  if (found.length > 1) return 'on two engines';
  if (verdict === 'completed' && found.some(({ state }) => state !== 'completed')) {
    return 'its handler succeeded but it did not complete';
  }
  return undefined;
}

const placesOf = (found: readonly StoredJob[] | undefined) =>
  found?.map(({ engine, state }) => `${state} on ${engine}`).join(', ') || 'on no engine';

const isUnfinished = ({ state }: StoredJob) => state !== 'completed' && state !== 'failed';

// A queue's name has no white space, so this is unambiguous whatever the id.
const key = (queue: string, id: string) => `${queue} ${id}`;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const noFigures = (): Mutable<JobFigures> => ({
  accepted: 0,
  completed: 0,
  failed: 0,
  lost: 0,
  doubled: 0,
  reruns: 0,
  pending: 0,
});

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
