import { SharedConnectionsError } from './errors.js';
import { hideSecrets } from './hide-secrets.js';

/** Where a reported error happened. */
export type ErrorSource = 'wait' | 'events' | 'recovery';

/** What may be set; all of it has a default that suits production. */
export interface ShareConnectionsOptions {
  /**
   * Hears every error of the private connections and of the recovery. They heal by themselves; this is for
   * logs and metrics. Default: nobody is told, and an unheard error never ends the process.
   */
  onError?: (error: Error, source: ErrorSource) => void;
  /**
   * How long one blocking read of a private connection lasts before it is asked again, in whole seconds, 1 to
   * 600. Each renewal is one billed command. Default 120.
   */
  blockSeconds?: number;
  /**
   * How often to look for what a process that died took with it, in milliseconds, 20 to 60 000. A lost marker
   * or timer is made good within this time plus a second. Each look is one billed command while all is idle.
   * Default 30 000; a worker with a shorter `stalledInterval` shortens it.
   */
  recoveryIntervalMs?: number;
}

export interface Settings {
  readonly onError: (error: Error, source: ErrorSource) => void;
  readonly blockSeconds: number;
  readonly recoveryIntervalMs: number;
}

const BLOCK_SECONDS = { default: 120, min: 1, max: 600 };
const RECOVERY_INTERVAL_MS = { default: 30_000, min: 20, max: 60_000 };

/** @throws SharedConnectionsError `SHARED_CONNECTIONS_OPTION` naming the option and its value. */
export function checkedSettings(options: ShareConnectionsOptions): Settings {
  const { onError, blockSeconds, recoveryIntervalMs } = options;
  if (onError !== undefined && typeof onError !== 'function') {
    throw new SharedConnectionsError(
      'SHARED_CONNECTIONS_OPTION',
      `onError must be a function, not ${typeof onError}`,
    );
  }
  return {
    onError: (error, source) => onError?.(hideSecrets(error), source),
    blockSeconds: wholeNumber('blockSeconds', blockSeconds, BLOCK_SECONDS),
    recoveryIntervalMs: wholeNumber('recoveryIntervalMs', recoveryIntervalMs, RECOVERY_INTERVAL_MS),
  };
}

function wholeNumber(
  name: string,
  value: number | undefined,
  range: { default: number; min: number; max: number },
): number {
  if (value === undefined) return range.default;
  if (!Number.isInteger(value) || value < range.min || value > range.max) {
    throw new SharedConnectionsError(
      'SHARED_CONNECTIONS_OPTION',
      `${name} must be a whole number from ${range.min} to ${range.max}, not ${String(value)}`,
    );
  }
  return value;
}
