import { setTimeout as pause } from 'node:timers/promises';
import type { TakeClaim } from './claims.js';
import { ClaimLostError, InProgressError, KeptFailureError, ResultNotRecordedError } from './errors.js';
import type { Claim } from './idempotency.js';
import { keepRenewed } from './keep-renewed.js';
import { shownKey, type IdempotencyKey } from './record-key.js';
import { resultJson } from './result-json.js';

export interface RunOnceRequest {
  readonly leaseMs: number;
  readonly waitMs: number;
  readonly maxResultBytes: number;
  readonly keepFailure: (error: unknown) => boolean;
  readonly signal?: AbortSignal;
}

const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 2000;

export async function runOnce<T>(
  take: TakeClaim,
  key: IdempotencyKey,
  run: (signal: AbortSignal) => Promise<T> | T,
  request: RunOnceRequest,
): Promise<T> {
  const endsAtMs = performance.now() + request.waitMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
    const outcome = await take(key, request);
    const name = shownKey(key);
    if (outcome.state === 'fresh') return runClaimed(outcome, name, run, request);
    if (outcome.state === 'done') return outcome.result as T;
    if (outcome.state === 'failed') throw new KeptFailureError(name, outcome.failure);
    const leftMs = endsAtMs - performance.now();
    if (leftMs <= 0) throw new InProgressError(name, outcome.retryAfterMs);
    // Those who wait for the same key need not all look at the same moment.
    const spread = 0.75 + Math.random() / 2;
    await pause(Math.min(pauseMs * spread, leftMs), undefined, { signal: request.signal }).catch(() =>
      request.signal?.throwIfAborted(),
    );
  }
}

async function runClaimed<T>(
  claim: Claim,
  name: string,
  run: (signal: AbortSignal) => Promise<T> | T,
  request: RunOnceRequest,
): Promise<T> {
  let result: T;
  const lease = keepRenewed(claim, name, request.leaseMs);
  const stop = followSignals(lease.lost, request.signal);
  try {
    result = await run(stop.signal);
  } catch (error) {
    await leaveFailed(claim, error, request.keepFailure);
    throw error;
  } finally {
    lease.stop();
    stop.forget();
  }

  let kept: string;
  try {
    kept = resultJson(result, request.maxResultBytes);
  } catch (error) {
    // It was done, so it must not be done again.
    await record(name, result, claim.fail(error));
    throw error;
  }
  const asKept = (kept === '' ? undefined : JSON.parse(kept)) as T;
  await record(name, asKept, claim.complete(asKept));
  return asKept;
}

async function record(name: string, result: unknown, end: Promise<void>): Promise<void> {
  try {
    await end;
  } catch (error) {
    if (error instanceof ClaimLostError) throw error;
    throw new ResultNotRecordedError(name, result, { cause: error });
  }
}

/** Whether or not Redis can be told, it is the failure itself that the caller is to see: the lease does the rest. */
async function leaveFailed(
  claim: Claim,
  error: unknown,
  keepFailure: (error: unknown) => boolean,
): Promise<void> {
  let isKept = false;
  try {
    isKept = keepFailure(error);
  } finally {
    await (isKept ? claim.fail(error) : claim.release()).catch(() => undefined);
  }
}

/** A signal that is aborted with the first of several; `forget` takes the listeners off those that live on. */
function followSignals(...signals: readonly (AbortSignal | undefined)[]) {
  const either = new AbortController();
  const forgets = signals.map((signal) => {
    if (!signal) return () => undefined;
    const follow = () => either.abort(signal.reason);
    if (signal.aborted) follow();
    else signal.addEventListener('abort', follow, { once: true });
    return () => signal.removeEventListener('abort', follow);
  });
  return { signal: either.signal, forget: () => forgets.forEach((forget) => forget()) };
}
