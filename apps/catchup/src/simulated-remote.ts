import { setTimeout as sleep } from 'node:timers/promises';
import { UnrecoverableJobError } from '@switchyard/queue-contract';
import { z } from 'zod';

/**
 * How the service behind a job behaves: CatchUp has no clients for Google, push and SMS yet, so the payload plays
 * their part. A payload without it meets a service that answers at once.
 */
export const simulatedRemote = z
  .object({
    latencyMs: z.int().min(0).max(120_000).default(0),
    /** The first so many attempts find the service down. */
    downForAttempts: z.int().min(0).default(0),
    /** The service says no, and would say so every time. */
    refuses: z.boolean().default(false),
  })
  .prefault({});

export type SimulatedRemote = z.output<typeof simulatedRemote>;

/** What a job needs to have for its remote call to be simulated: any RunningJob whose payload says how. */
export interface RemoteCaller {
  readonly data: { readonly remote: SimulatedRemote };
  readonly attempt: number;
  readonly signal: AbortSignal;
}

export class RemoteUnavailableError extends Error {
  readonly code = 'CATCHUP_REMOTE_UNAVAILABLE';
}

/**
 * Calls the service as the payload describes it.
 *
 * @throws RemoteUnavailableError when it is down, UnrecoverableJobError when it refuses, AbortError when the job's
 * signal was aborted while it waited for the answer
 */
export async function callRemote({ data: { remote }, attempt, signal }: RemoteCaller): Promise<void> {
  if (remote.latencyMs > 0) await sleep(remote.latencyMs, undefined, { signal });
  if (remote.refuses) throw new UnrecoverableJobError('the remote service refused the request');
  if (attempt <= remote.downForAttempts) {
    throw new RemoteUnavailableError(`the remote service was down at attempt ${attempt}`);
  }
}
