export {
  describeIssues,
  type SchemaInput,
  type SchemaIssue,
  type SchemaOutput,
  type SchemaResult,
  type StandardSchema,
} from './standard-schema.js';
export {
  checkQueueName,
  checkWorkerSettings,
  defineQueue,
  type JobInput,
  type JobName,
  type JobOutput,
  type JobResult,
  type JobSchemas,
  type QueueDeclaration,
  type QueueDefinition,
  type QueueTier,
  type RateLimit,
  type WorkerSettings,
} from './queue-definition.js';
export { resultType, type JobDeclaration, type PayloadSchema, type ResultType } from './job-declaration.js';
export { JOB_STATES, UNNAMED_JOB, type Job, type JobReference, type JobState } from './job.js';
export {
  MAX_JOB_ID_BYTES,
  MAX_PRIORITY,
  resolveJobOptions,
  type Backoff,
  type JobDefaults,
  type JobOptions,
  type ResolvedJobOptions,
  type Retention,
} from './job-options.js';
export type { JobProducer, NewJob } from './job-producer.js';
export type {
  Consumer,
  ConsumeOptions,
  ConsumerEvents,
  JobConsumer,
  JobHandlers,
  RunningJob,
} from './job-consumer.js';
export { resolveConsumeOptions, type ResolvedConsumeOptions } from './consume-options.js';
export { closeLimitMs } from './close-limit.js';
export { checkOptionNames } from './option-names.js';
export type { JobGate } from './job-gate.js';
export type { ActiveSchedule, JobSchedules, Schedule, ScheduleRule } from './job-schedules.js';
export type { JobCounts, JobInspector } from './job-inspector.js';
export { resolveClean, resolveJobsPage, type JobsPage } from './inspector-request.js';
export type { QueueControl } from './queue-control.js';
export { checkClaim, type QueueClaims } from './queue-claims.js';
export type { JobEvents, QueueEvents, StoredResult } from './job-events.js';
export type { EngineCapability, EngineQueue, QueueEngine, ReportError } from './queue-engine.js';
export { JOB_CHANNEL, type JobAttempt } from './job-channel.js';
export { backoffDelayMs } from './backoff.js';
export { parsePayload } from './payload.js';
export { storableValue } from './storable-value.js';
export { isRefusal, isUnrecoverable, runJob, type JobRun } from './run-job.js';
export { checkSchedule } from './schedule-rule.js';
export { MAX_WAIT_MS, resolveWait } from './wait-request.js';
export {
  ClosedError,
  EngineUnavailableError,
  InvalidOptionError,
  InvalidPayloadError,
  JobFailedError,
  JobNotFoundError,
  JobRemovedError,
  JobStateError,
  JobTimeoutError,
  NonErrorThrownError,
  QueueError,
  UnknownJobNameError,
  UnrecoverableJobError,
  UnsupportedByEngineError,
  WaitTimeoutError,
} from './errors.js';
