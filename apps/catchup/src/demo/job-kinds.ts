import type { Remote } from './traffic.js';

/** A kind of job: what is asked of the engine, and what its handler is going to do. */
export interface JobKind {
  readonly attempts: number;
  readonly backoffMs?: number;
  readonly delayMs?: number;
  readonly priority?: number;
  readonly remote: Remote;
  readonly meant: 'complete' | 'fail';
  /** How often its handler is called for that. */
  readonly calls: number;
}

export interface KindOptions {
  readonly latencyMs: number;
  readonly maxDelayMs: number;
  readonly priorities: boolean;
}

/** The n-th job's kind: mostly plain ones, and in turn everything else that a Bull app does. */
export function kindOf(n: number, { latencyMs, maxDelayMs, priorities }: KindOptions): JobKind {
  // Spread around the wanted latency, the same for the same n.
  const remote = { latencyMs: Math.round(latencyMs * (0.5 + ((n * 37) % 101) / 100)) };
  const plain: JobKind = { attempts: 3, backoffMs: 300, remote, meant: 'complete', calls: 1 };
  switch (n % 12) {
    case 2:
      return { ...plain, delayMs: Math.round(maxDelayMs * (0.2 + ((n * 61) % 80) / 100)) };
    case 4:
      return { ...plain, remote: { ...remote, downForAttempts: 2 }, calls: 3 };
    case 6:
      return priorities ? { ...plain, priority: 1 + (n % 5) } : plain;
    case 8:
      return priorities ? { ...plain, priority: 10 } : plain;
    case 9:
      // Fails whenever it is tried …
      return n % 24 === 9
        ? { ...plain, attempts: 2, remote: { ...remote, downForAttempts: 99 }, meant: 'fail', calls: 2 }
        : plain;
    case 11:
      // … or says at once that trying again cannot help.
      return n % 48 === 11 ? { ...plain, remote: { ...remote, refuses: true }, meant: 'fail' } : plain;
    default:
      return plain;
  }
}
