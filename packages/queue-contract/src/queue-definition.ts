import { InvalidOptionError } from './errors.js';
import {
  declarationProblem,
  type DeclaredInput,
  type DeclaredOutput,
  type DeclaredResult,
  type JobDeclaration,
} from './job-declaration.js';
import { checkJobDefaults, type JobDefaults } from './job-options.js';
import { checkOptionNames } from './option-names.js';

/** How much hurts when the queue stands still; non-critical queues can be switched off altogether. */
export type QueueTier = 'critical' | 'medium' | 'non-critical';

/** Per job name the schema of its payload, alone or together with the type of its result. */
export type JobSchemas = Readonly<Record<string, JobDeclaration>>;

export type JobName<S extends JobSchemas> = keyof S & string;
/** What `add` takes for a job name. */
export type JobInput<S extends JobSchemas, N extends JobName<S> = JobName<S>> = DeclaredInput<S[N]>;
/** What a handler receives for a job name. */
export type JobOutput<S extends JobSchemas, N extends JobName<S> = JobName<S>> = DeclaredOutput<S[N]>;
/** What a handler answers for a job name; `unknown` where the declaration does not say. */
export type JobResult<S extends JobSchemas, N extends JobName<S> = JobName<S>> = DeclaredResult<S[N]>;

/**
 * At most `max` jobs start in a window of `durationMs`, in all processes together. Engines may count in fixed windows,
 * so up to twice `max` can start around the edge of two.
 */
export interface RateLimit {
  readonly max: number;
  readonly durationMs: number;
}

export interface WorkerSettings {
  /** Jobs of this queue that one process runs at a time, 1 to 1000. Default 1. */
  readonly concurrency?: number;
  readonly limit?: RateLimit;
}

/** A queue, declared once in the app; engines, rollout and handlers all read it. */
export interface QueueDefinition<S extends JobSchemas = JobSchemas> {
  /** 1 to 100 characters without `:` or white space. */
  readonly name: string;
  readonly tier: QueueTier;
  readonly jobs: S;
  /** What a canary share hashes, so that jobs which belong together go the same way. Default: the job's id. */
  routingKey?(job: { readonly name: string; readonly data: unknown }): string;
  /** The wait in ms before the next attempt, for jobs with `backoff: { type: 'custom' }`. */
  backoffDelayMs?(attemptsMade: number, error: Error): number;
  readonly defaults?: JobDefaults;
  readonly worker?: WorkerSettings;
  /** Whether its jobs carry priorities. Default false. */
  readonly priorities?: boolean;
}

/** What {@link defineQueue} takes: a definition whose functions know the payloads. */
export interface QueueDeclaration<S extends JobSchemas> extends Omit<QueueDefinition<S>, 'routingKey'> {
  routingKey?(job: { readonly name: JobName<S>; readonly data: JobInput<S> }): string;
}

const DECLARED_NAMES = [
  'name',
  'tier',
  'jobs',
  'routingKey',
  'backoffDelayMs',
  'defaults',
  'worker',
  'priorities',
] as const satisfies readonly (keyof QueueDefinition)[];

/** What is declared a level below. */
const INSTEAD: Readonly<Record<string, string>> = {
  attempts: 'defaults.attempts',
  backoff: 'defaults.backoff',
  timeoutMs: 'defaults.timeoutMs',
  removeOnComplete: 'defaults.removeOnComplete',
  removeOnFail: 'defaults.removeOnFail',
  concurrency: 'worker.concurrency',
  limit: 'worker.limit',
};

/**
 * Declares a queue.
 *
 * @throws InvalidOptionError for a name, default or worker setting that is not allowed, and for what is none of them
 */
export function defineQueue<const S extends JobSchemas>(definition: QueueDeclaration<S>): QueueDefinition<S> {
  const { name, tier, jobs, defaults, worker } = definition;
  checkQueueName(name);
  const where = `queue "${name}"`;
  checkOptionNames(where, definition, DECLARED_NAMES, INSTEAD);
  if (tier !== 'critical' && tier !== 'medium' && tier !== 'non-critical') {
    throw new InvalidOptionError(`tier of ${where}`, tier, 'critical, medium or non-critical');
  }
  if (Object.keys(jobs ?? {}).length === 0) {
    throw new InvalidOptionError(`jobs of ${where}`, jobs, 'a schema for at least one job name');
  }
  for (const [jobName, declaration] of Object.entries(jobs)) {
    const problem = declarationProblem(declaration);
    if (problem !== null) {
      throw new InvalidOptionError(`schema of job "${jobName}" of ${where}`, declaration, problem);
    }
  }
  checkJobDefaults(where, defaults ?? {});
  if (defaults?.backoff?.type === 'custom' && !definition.backoffDelayMs) {
    throw new InvalidOptionError(`backoff of ${where}`, 'custom', 'custom only together with backoffDelayMs');
  }
  checkWorkerSettings(where, worker ?? {});
  return definition;
}

/** @throws InvalidOptionError */
export function checkQueueName(name: string): void {
  if (typeof name !== 'string' || !/^[^\s:]{1,100}$/.test(name)) {
    throw new InvalidOptionError('name of a queue', name, '1 to 100 characters without ":" or white space');
  }
}

/** @throws InvalidOptionError */
export function checkWorkerSettings(where: string, settings: WorkerSettings): void {
  checkOptionNames(`worker of ${where}`, settings, ['concurrency', 'limit']);
  const { concurrency, limit } = settings;
  if (
    concurrency !== undefined &&
    !(Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 1000)
  ) {
    throw new InvalidOptionError(`worker.concurrency of ${where}`, concurrency, 'an integer, 1 to 1000');
  }
  if (limit === undefined) return;
  checkOptionNames(`worker.limit of ${where}`, limit, ['max', 'durationMs']);
  for (const option of ['max', 'durationMs'] as const) {
    if (!(Number.isInteger(limit[option]) && limit[option] >= 1)) {
      throw new InvalidOptionError(
        `worker.limit.${option} of ${where}`,
        limit[option],
        'an integer, 1 or more',
      );
    }
  }
}
