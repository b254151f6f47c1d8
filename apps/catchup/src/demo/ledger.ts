import { takeAccount, type Account, type AcceptedJob, type SeenAttempt } from './account.js';
import type { ReportedAttempt, ReportedJob } from './catchup-messages.js';
import { dueFirings, firingId, slotOfFiring, type WatchedSchedule } from './firings.js';

/** Collects what producers and CatchUp tell, in whichever order it arrives. */
export interface Ledger {
  accept(jobs: readonly AcceptedJob[]): void;
  attempt(attempts: readonly ReportedAttempt[]): void;
  watch(schedule: WatchedSchedule): void;
  /** How it stands, firings of schedules left aside. */
  interim(): Account;
  /** How it ended. */
  final(stored: readonly ReportedJob[], schedulesRemovedAtMs: number): Account;
  /** When a schedule of the queue last fired, by the clock of this process, or `null`. */
  lastFiringSeenAtMs(queue: string): number | null;
}

export function createLedger(nowMs: () => number = Date.now): Ledger {
  const accepted: AcceptedJob[] = [];
  const attempts: SeenAttempt[] = [];
  const firings: (SeenAttempt & { readonly startedAtMs: number })[] = [];
  const schedules: WatchedSchedule[] = [];
  const firstSeen = new Map<string, number>();
  const lastSeen = new Map<string, number>();

  return {
    accept: (jobs) => void accepted.push(...jobs),
    watch: (schedule) => void schedules.push(schedule),
    attempt(reported) {
      for (const { queue, jobId, succeeded, scheduleId, startedAtMs } of reported) {
        if (scheduleId === null) attempts.push({ queue, jobId, succeeded });
        else {
          firings.push({ queue, jobId: nameOf(jobId), succeeded, startedAtMs });
          if (!firstSeen.has(queue)) firstSeen.set(queue, nowMs());
          lastSeen.set(queue, nowMs());
        }
      }
    },
    interim: () => takeAccount({ accepted, attempts }),
    lastFiringSeenAtMs: (queue) => lastSeen.get(queue) ?? null,
    final(stored, schedulesRemovedAtMs) {
      const due = schedules.flatMap((schedule) => {
        const fired = new Map<string, number>();
        for (const { queue, jobId, startedAtMs } of firings) {
          if (queue === schedule.queue && !fired.has(jobId)) fired.set(jobId, startedAtMs);
        }
        const fromMs = firstSeen.get(schedule.queue) ?? 0;
        return dueFirings(schedule, { fromMs, untilMs: schedulesRemovedAtMs }, fired);
      });
      return takeAccount({
        accepted: [...accepted, ...due],
        attempts: [...attempts, ...firings],
        stored: stored.map((job) => (job.scheduleId === null ? job : { ...job, id: nameOf(job.id) })),
      });
    },
  };
}

/** A firing whose id tells no slot keeps its id, and so turns up in the account as one that nobody added. */
function nameOf(jobId: string): string {
  const slot = slotOfFiring(jobId);
  return slot === null ? jobId : firingId(slot);
}
