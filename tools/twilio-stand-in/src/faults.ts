import { InvalidStandInOptionError } from './errors.js';

/** What can go wrong. */
export const FAULT_KINDS = [
  /** 429 with Twilio's code 20429. */
  'too-many-requests',
  /** 500 with Twilio's code 20500; nothing is accepted. */
  'internal-error',
  /** 503 after the message was accepted. */
  'unavailable-after',
  /** The connection breaks, and nothing was accepted. */
  'drop-before',
  /** The connection breaks after the message was accepted. */
  'drop-after',
  /** The answer comes late; what was asked is done at once. */
  'slow',
  /** The answer ends in the middle of its JSON. */
  'truncated-json',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** `send` or `list`; either where absent. */
  readonly operation?: 'send' | 'list';
  /** Only messages to this number. */
  readonly to?: string;
  /** How often it strikes; without end by default. */
  readonly times?: number;
  /** Seconds in Retry-After, for `too-many-requests`; none by default. */
  readonly retryAfterSeconds?: number;
  /** For `slow`; default 1000. */
  readonly delayMs?: number;
}

export interface FaultPlan {
  set(faults: readonly Fault[]): void;
  /** The first fault aimed at a request, spent once. */
  strike(operation: 'send' | 'list', to: string | undefined): Fault | undefined;
}

export function createFaultPlan(): FaultPlan {
  let left: { fault: Fault; times: number }[] = [];
  return {
    set(faults) {
      for (const { kind, operation, times = 1 } of faults) {
        if (!FAULT_KINDS.includes(kind))
          throw new InvalidStandInOptionError('kind', kind, FAULT_KINDS.join(', '));
        if (operation !== undefined && operation !== 'send' && operation !== 'list')
          throw new InvalidStandInOptionError('operation', operation, 'send, list');
        if (!(times >= 1)) throw new InvalidStandInOptionError('times', times, 'at least 1');
      }
      left = faults.map((fault) => ({ fault, times: fault.times ?? Infinity }));
    },
    strike(operation, to) {
      const found = left.find(
        ({ fault, times }) =>
          times > 0 &&
          (fault.operation ?? operation) === operation &&
          (fault.to === undefined || fault.to === to),
      );
      if (found) found.times--;
      return found?.fault;
    },
  };
}
