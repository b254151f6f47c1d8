import type { JobGate, RateLimit } from '@switchyard/queue-contract';

export interface SharedJobGateOptions {
  readonly concurrency: number;
  readonly limit?: RateLimit | undefined;
  /** Monotonic clock in ms. Default `performance.now`. */
  readonly now?: () => number;
}

/** A timer that is set for longer fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

interface Waiting {
  readonly admit: () => void;
}

/**
 * A gate that holds a queue's concurrency and rate limit for all its consumers in this process together, first
 * come, first served. The window slides: at most `limit.max` jobs start in any `limit.durationMs`.
 */
export function createSharedJobGate({
  concurrency,
  limit,
  now = () => performance.now(),
}: SharedJobGateOptions): JobGate {
  const waiting = new Set<Waiting>();
  /** When the last `limit.max` jobs started, oldest first. */
  const starts: number[] = [];
  let running = 0;
  let timer: NodeJS.Timeout | undefined;

  /** Ms until the window admits another start. */
  const throttledForMs = (): number => {
    if (!limit || starts.length < limit.max) return 0;
    return Math.max(0, starts[0]! + limit.durationMs - now());
  };

  const admitWaiting = (): void => {
    for (const next of waiting) {
      if (running >= concurrency) return;
      const waitMs = throttledForMs();
      if (waitMs > 0) {
        timer ??= setTimeout(
          () => {
            timer = undefined;
            admitWaiting();
          },
          Math.min(Math.ceil(waitMs), MAX_TIMER_MS),
        );
        return;
      }
      running += 1;
      if (limit) {
        starts.push(now());
        if (starts.length > limit.max) starts.shift();
      }
      waiting.delete(next);
      next.admit();
    }
  };

  const leaveOnce = (): (() => void) => {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      running -= 1;
      admitWaiting();
    };
  };

  return {
    enter(signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason);
          return;
        }
        const giveUp = (): void => {
          waiting.delete(entry);
          if (waiting.size === 0) {
            clearTimeout(timer); // it would keep the process alive
            timer = undefined;
          }
          reject(signal.reason);
        };
        const entry: Waiting = {
          admit() {
            signal.removeEventListener('abort', giveUp);
            resolve(leaveOnce());
          },
        };
        signal.addEventListener('abort', giveUp, { once: true });
        waiting.add(entry);
        admitWaiting();
      });
    },
  };
}
