import { MAX_WAIT_MS, type JobGate } from '@switchyard/queue-contract';
import type { RateWindow } from './rate-window.js';

export interface SharedJobGateOptions {
  readonly concurrency: number;
  /** Default: no limit. Several gates may share one. */
  readonly window?: RateWindow | undefined;
}

interface Waiting {
  readonly admit: () => void;
}

/**
 * A gate that holds one concurrency and one rate limit for the consumers of both engines together, first come, first
 * served.
 */
export function createSharedJobGate({ concurrency, window }: SharedJobGateOptions): JobGate {
  const waiting = new Set<Waiting>();
  let running = 0;
  let timer: NodeJS.Timeout | undefined;

  const admitWaiting = (): void => {
    for (const next of waiting) {
      if (running >= concurrency) return;
      const waitMs = window?.throttledForMs() ?? 0;
      if (waitMs > 0) {
        timer ??= setTimeout(
          () => {
            timer = undefined;
            admitWaiting();
          },
          Math.min(Math.ceil(waitMs), MAX_WAIT_MS), // a timer that is set for longer fires at once
        );
        return;
      }
      running += 1;
      window?.start();
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
