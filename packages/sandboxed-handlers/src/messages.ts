import type { RunningJob } from '@switchyard/queue-contract';
import type { TransportedThrown } from './child/transported-error.mjs';

/** What a job's handler can know without asking its parent; structured clone carries it. */
export type JobFields = Omit<RunningJob, 'signal' | JobCall>;

/** What a handler asks of its job. The argument travels as the engine will keep it: JSON, or a plain line. */
export type JobCall = 'updateProgress' | 'log' | 'updateData';

/** One job at a time: `run` is sent only after `loaded`, `returned` or `threw`. */
export type ToChild =
  | { readonly sandbox: 'load'; readonly file: string; readonly names: readonly string[] }
  | { readonly sandbox: 'run'; readonly job: JobFields }
  | { readonly sandbox: 'abort'; readonly reason: TransportedThrown }
  | { readonly sandbox: 'answer'; readonly call: number; readonly thrown: TransportedThrown | undefined }
  | { readonly sandbox: 'stop' };

export type FromChild =
  | { readonly sandbox: 'loaded' }
  | { readonly sandbox: 'refused'; readonly problem: string; readonly thrown: TransportedThrown | undefined }
  | {
      readonly sandbox: 'call';
      readonly call: number;
      readonly method: JobCall;
      readonly argument: string | undefined;
    }
  | { readonly sandbox: 'returned'; readonly result: string | undefined }
  | { readonly sandbox: 'threw'; readonly thrown: TransportedThrown }
  | { readonly sandbox: 'uncaught'; readonly thrown: TransportedThrown };
