import type { QueueStatus } from '@switchyard/queue-rollout';
import type { AcceptedJob, StoredJob } from './account.js';
import type { Answer } from './asking.js';

/** A handler call of CatchUp, by what is needed to account for it. */
export interface ReportedAttempt {
  readonly queue: string;
  readonly jobId: string;
  readonly engine: string;
  readonly succeeded: boolean;
  readonly scheduleId: string | null;
  /** When its handler started, in ms since the epoch. */
  readonly startedAtMs: number;
}

export interface ReportedJob extends StoredJob {
  readonly scheduleId: string | null;
}

/** What CatchUp can be asked in the demo, with what it needs to know and what it answers. */
export interface CatchUpRequests {
  /** The value of `USE_BULLMQ` from now on. */
  readonly flags: { readonly argument: string; readonly answer: null };
  readonly 'start-adding': { readonly argument: null; readonly answer: null };
  /** Answers when the last add was answered. */
  readonly 'stop-adding': { readonly argument: null; readonly answer: null };
  readonly resume: { readonly argument: string; readonly answer: null };
  /** Removes the schedules of a queue; answers how many there were. */
  readonly 'remove-schedules': { readonly argument: string; readonly answer: number };
  /** Every job that either engine holds. */
  readonly 'read-stored': { readonly argument: null; readonly answer: readonly ReportedJob[] };
}

export type CatchUpRequest = {
  readonly [T in keyof CatchUpRequests]: {
    readonly request: number;
    readonly type: T;
    readonly argument: CatchUpRequests[T]['argument'];
  };
}[keyof CatchUpRequests];

export type CatchUpMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'accepted'; readonly jobs: readonly AcceptedJob[] }
  | { readonly type: 'attempts'; readonly attempts: readonly ReportedAttempt[] }
  | { readonly type: 'status'; readonly queues: readonly QueueStatus[] }
  | { readonly type: 'problem'; readonly text: string }
  | Answer;
