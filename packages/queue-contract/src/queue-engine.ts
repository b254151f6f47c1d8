import type { JobConsumer } from './job-consumer.js';
import type { JobEvents } from './job-events.js';
import type { JobInspector } from './job-inspector.js';
import type { JobProducer } from './job-producer.js';
import type { JobSchedules } from './job-schedules.js';
import type { QueueClaims } from './queue-claims.js';
import type { QueueControl } from './queue-control.js';
import type { JobSchemas, QueueDefinition } from './queue-definition.js';

/** What an engine may lack. Asking for it anyway is an UnsupportedByEngineError. */
export type EngineCapability =
  | 'priorities'
  | 'lifo'
  | 'deduplication'
  | 'custom-backoff'
  | 'rate-limit'
  | 'schedules'
  | 'queue-events'
  | 'pause';

/** One queue on one engine, role by role; a caller takes the role it needs. */
export interface EngineQueue<S extends JobSchemas = JobSchemas> {
  readonly definition: QueueDefinition<S>;
  readonly producer: JobProducer<S>;
  readonly consumer: JobConsumer<S>;
  readonly schedules: JobSchedules<S>;
  readonly inspector: JobInspector;
  readonly control: QueueControl;
  readonly events: JobEvents<S>;
  readonly claims: QueueClaims;
}

export interface QueueEngine {
  /** Short and stable, such as `bull`: it appears in jobs, logs and metrics. */
  readonly name: string;
  readonly capabilities: ReadonlySet<EngineCapability>;
  /**
   * Which store it uses, and which part of it, without secrets: two engines of one app must differ in it. On Redis
   * `redis://<host>:<port>/<db>/<key prefix>`, so that two engines are seen to share one.
   */
  readonly keyspace: string;
  /**
   * Checks that the store can be reached and is fit for queues.
   *
   * @throws EngineUnavailableError that says what is wrong: no answer, wrong password, too old, read-only, evicting
   */
  ready(): Promise<void>;
  /** The same object for the same definition. Opens nothing. */
  queue<S extends JobSchemas>(definition: QueueDefinition<S>): EngineQueue<S>;
  /**
   * Which of these queues have anything to run, now or later: waiting, delayed or active jobs, or
   * schedules, suspended ones among them.
   * Costs one command when none has; needs no connection beyond the one that was lent.
   */
  withWork(queues: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Closes every consumer (see Consumer.close), subscription and connection that the engine opened. A second call may
   * set a limit, or a shorter one, while the first waits. A store that does not answer may hold it up for seconds more.
   */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

/** Where engines report what they could not answer to a caller: a lost connection, a failed background task. */
export type ReportError = (
  error: Error,
  context: { readonly engine: string; readonly queue?: string },
) => void;
