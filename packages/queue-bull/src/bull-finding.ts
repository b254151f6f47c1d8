/** Something in a Bull app's Redis that Switchyard does not represent as it is. */
export interface BullFinding {
  readonly kind: BullFindingKind;
  /** The queue's name in the Bull app. */
  readonly queue: string;
  /** Which one: a job's name, an option, a group, what a check said. */
  readonly what: string;
  /** How many there are: jobs, unless the kind says otherwise. */
  readonly count: number;
  /** The id of a job or a schedule to look at, if it is about one. */
  readonly example: string | null;
  /** What becomes of it, and what one can do about it. */
  readonly handling: string;
}

export type BullFindingKind = keyof typeof HANDLING;

/** What was found, before it is counted. */
export interface FoundKind {
  readonly kind: BullFindingKind;
  readonly what: string;
}

const HANDLING = {
  'undeclared-queue':
    'No engine reads or touches it; processes on plain Bull go on with it. Declare it to take it over.',
  'undeclarable-queue':
    'Its name cannot be declared, so no engine reads or touches it; processes on plain Bull go on with it. To take it over, declare it under another name and say so in the option queueNames.',
  'shared-with-bullmq':
    'BullMQ keeps a queue of the same name under the same prefix, and each breaks the jobs of the other. Give one of the two another prefix before anything runs.',
  'undeclared-job-name':
    'Such a job fails without a retry when its turn comes, as in Bull without a processor for it, and is kept even with removeOnFail. Declare the name, and retry it.',
  'refused-payload':
    'Such a job fails without a retry when its turn comes: its data does not fit the schema of its name. It is kept even with removeOnFail. Widen the schema, and retry it.',
  'unreadable-job':
    'Its data or options are no JSON. Neither Bull nor this engine can run it: it stalls twice and then has failed.',
  'custom-backoff':
    'Its retries do not wait, since the queue declares no backoffDelayMs. Declare it: it answers for every name.',
  'job-option':
    'Kept with the job, and obeyed by Bull where Bull does. The port has no word for it: it does not go along to another engine.',
  'refused-option':
    'Kept with the job, and read as Bull reads it: a time-out out of range fails each attempt at once. The port refuses the value: it does not go along to another engine.',
  'undeclared-priority':
    'It runs in its order here, but the queue declares no priorities: it would lose them on another engine. Declare them.',
  schedule:
    'Goes on firing here, and is listed among the schedules, but cannot move: the port refuses it. Change it in the app, then it can.',
  'ended-schedule':
    'Bull still lists it, but its next firing is gone: it fires no more, on plain Bull either, until the app adds it again. Schedules are counted here.',
  'undeclared-rate-limit':
    'Workers on plain Bull limit how many of its jobs start in a while, and the queue declares no worker.limit: they run without one here. Declare it, with the same numbers.',
  'grouped-rate-limit':
    'The jobs run, without the limit of their group; processes on plain Bull obey it among themselves. Jobs put aside are counted here, they run when their delay is over.',
  'stranded-job':
    'It has a hash but is in no list (bounced by a rate limit, or left by empty()): nobody runs it, plain Bull neither. It stays as it is. Look at it, then add or remove it.',
  metrics:
    'The counters of the option metrics stay as they are; nobody adds to them here. They are counted here.',
} as const;

export function makeFinding(
  queue: string,
  { kind, what }: FoundKind,
  count: number,
  example: string | null,
): BullFinding {
  return { kind, queue, what, count, example, handling: HANDLING[kind] };
}

/** Counts findings of the same kind about the same thing, and keeps the first example of each. */
export function createTally(queue: string): {
  add(found: FoundKind, example: string | null): void;
  findings(): readonly BullFinding[];
} {
  const tally = new Map<string, { found: FoundKind; example: string | null; count: number }>();
  return {
    add(found, example) {
      const key = `${found.kind} ${found.what}`;
      const entry = tally.get(key) ?? { found, example, count: 0 };
      entry.count += 1;
      tally.set(key, entry);
    },
    findings: () =>
      [...tally.values()].map(({ found, example, count }) => makeFinding(queue, found, count, example)),
  };
}
