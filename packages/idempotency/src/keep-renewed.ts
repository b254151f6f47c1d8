import { ClaimLostError } from './errors.js';
import type { Claim } from './idempotency.js';

export interface RenewedLease {
  /** Aborted with a `ClaimLostError` once the lease can no longer be ours for sure. */
  readonly lost: AbortSignal;
  /** Ends the renewals; one that is under way changes nothing any more once the claim is ended or released. */
  stop(): void;
}

/** How often a renewal that failed is tried again within a lease. */
const TRIES_A_LEASE = 10;
/** Of the lease, for one renewal: where it is never answered there is time for another. */
const MAX_SHARE_A_TRY = 0.25;

/** Renews a claim whenever half its lease has gone, until it is told to stop or the claim is lost. */
export function keepRenewed(claim: Claim, name: string, leaseMs: number): RenewedLease {
  const lost = new AbortController();
  let nextRenewal: NodeJS.Timeout;
  let deadline: NodeJS.Timeout;
  let lastFailure: unknown;

  function stopTimers(): void {
    clearTimeout(nextRenewal);
    clearTimeout(deadline);
  }

  function lose(error: ClaimLostError): void {
    stopTimers();
    lost.abort(error);
  }

  function watchDeadline(): void {
    clearTimeout(deadline);
    deadline = setTimeout(() => {
      lose(new ClaimLostError(name, 'unknown', { cause: lastFailure }));
    }, claim.leaseLeftMs());
    deadline.unref();
  }

  function renewIn(delayMs: number): void {
    nextRenewal = setTimeout(() => void renew(), delayMs);
    nextRenewal.unref();
  }

  let isStopped = false;
  async function renew(): Promise<void> {
    try {
      await claim.renew({ signal: AbortSignal.timeout(Math.ceil(leaseMs * MAX_SHARE_A_TRY)) });
      if (isStopped || lost.signal.aborted) return;
      watchDeadline();
      renewIn(leaseMs / 2);
    } catch (error) {
      if (isStopped || lost.signal.aborted) return;
      if (error instanceof ClaimLostError) return lose(error);
      lastFailure = error;
      renewIn(leaseMs / TRIES_A_LEASE);
    }
  }

  watchDeadline();
  renewIn(Math.max(0, claim.leaseLeftMs() - leaseMs / 2));

  return {
    lost: lost.signal,
    stop() {
      isStopped = true;
      stopTimers();
    },
  };
}
