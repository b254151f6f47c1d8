import { checkedAmount, checkedWhole } from './checked-number.js';
import type { CircuitState } from './http-redis.js';

export interface CircuitOptions {
  /** Failed requests in a row that open it. Default 5. */
  readonly failures?: number;
  /** How long it stays open the first time, in ms; twice as long each time after. Default 500. */
  readonly firstWaitMs?: number;
  /** The longest of these. Default 15 000. */
  readonly maxWaitMs?: number;
}

/** `probe`: this one goes out to see whether there is an answer again. */
export type Admission = 'go' | 'probe' | 'refused';

export interface Circuit {
  admit(): Admission;
  answered(): void;
  failed(admission: Admission): void;
  /** The probe ended without telling anything: its callers gave up. */
  abandoned(admission: Admission): void;
  state(): CircuitState;
  consecutiveFailures(): number;
}

/**
 * Opens after failures in a row, lets one request out after a wait, closes at an answer. Waits double and vary by a quarter
 * so that many processes do not come back at once.
 *
 * Of the libraries, cockatiel 4 needs Node 22, lets callers wait for the end of a probe instead of refusing them, and takes
 * a probe that its caller aborts for a success; opossum 10 opens by a share of failures and waits equally long each time.
 *
 * @throws InvalidRedisOptionError
 */
export function createCircuit(options: CircuitOptions, nowMs: () => number, random: () => number): Circuit {
  const { failures = 5, firstWaitMs = 500, maxWaitMs = 15_000 } = options;
  checkedWhole('circuit.failures', failures, 1, 1_000_000);
  checkedAmount('circuit.firstWaitMs', firstWaitMs, 1, 3_600_000);
  checkedAmount('circuit.maxWaitMs', maxWaitMs, firstWaitMs, 3_600_000);
  let count = 0;
  let openings = 0;
  let openUntilMs = 0;
  let isProbing = false;

  const isOpen = () => openings > 0;
  return {
    admit() {
      if (!isOpen()) return 'go';
      if (isProbing || nowMs() < openUntilMs) return 'refused';
      isProbing = true;
      return 'probe';
    },
    answered() {
      count = 0;
      openings = 0;
      isProbing = false;
    },
    failed(admission) {
      count += 1;
      // What was sent before it opened and fails after tells nothing new.
      if (isOpen() ? admission !== 'probe' : count < failures) return;
      isProbing = false;
      const waitMs = Math.min(firstWaitMs * 2 ** openings, maxWaitMs);
      openings += 1;
      openUntilMs = nowMs() + waitMs * (0.75 + random() / 2);
    },
    abandoned(admission) {
      if (admission === 'probe') isProbing = false;
    },
    state: () => (!isOpen() ? 'closed' : isProbing || nowMs() >= openUntilMs ? 'half-open' : 'open'),
    consecutiveFailures: () => count,
  };
}
