import { ConnectionClosedError } from 'bullmq';
import type { Clock } from './clock.js';

/**
 * How ioredis and Redis word that nobody serves the keys just now: while a replica takes over, a slot changes hands, or
 * a server loads its data. Such a command has not run, with one exception: the last of too many redirections may have
 * been a connection that broke after the command went out. If it has run then, it is refused the second time, because
 * the job has no lock any more.
 */
const AWAY =
  /^(Too many Cluster redirections|Failed to refresh slots cache|None of startup nodes is available|CLUSTERDOWN|TRYAGAIN|LOADING|MASTERDOWN|READONLY)/;

const RETRY_MS = 100;
/** A failover takes a few seconds; well within the time for which a job stays with its worker (30 s). */
const LIMIT_MS = 10_000;

export function isAway(error: unknown): boolean {
  return error instanceof Error && AWAY.test(error.message);
}

/**
 * Sends a command again as long as nobody serves its keys.
 *
 * For the end of a job: BullMQ takes such an answer for an error of the handler, and a job that was done counts as
 * failed. A lost connection it recognises, and tries again by itself: that is what it is told after ten seconds, or as
 * soon as `isOver`.
 */
export async function whileAway<T>(send: () => Promise<T>, isOver: () => boolean, clock: Clock): Promise<T> {
  const endMs = clock.nowMs() + LIMIT_MS;
  for (;;) {
    try {
      return await send();
    } catch (error) {
      if (!isAway(error)) throw error;
      if (isOver() || clock.nowMs() >= endMs) throw new ConnectionClosedError(undefined, error);
    }
    await new Promise<void>((resolve) => clock.after(RETRY_MS, resolve));
  }
}
