import type { CallOptions, RetryPolicy } from './call-options.js';
import { InvalidRedisOptionError } from './errors.js';

/** Call options with every default filled in. */
export interface CallSettings {
  readonly source: string;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  readonly isSafeToRepeat: boolean | undefined;
  readonly signal: AbortSignal | undefined;
  readonly orderKey: string | undefined;
}

export const DEFAULT_SETTINGS: CallSettings = {
  source: 'app',
  timeoutMs: 2000,
  retry: 'standard',
  isSafeToRepeat: undefined,
  signal: undefined,
  orderKey: undefined,
};

const POLICIES: readonly unknown[] = ['none', 'once-quickly', 'standard'];
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** @throws InvalidRedisOptionError */
export function settle(options: CallOptions | undefined, defaults: CallSettings): CallSettings {
  if (options === undefined) return defaults;
  const settings: CallSettings = {
    source: options.source ?? defaults.source,
    timeoutMs: options.timeoutMs ?? defaults.timeoutMs,
    retry: options.retry ?? defaults.retry,
    isSafeToRepeat: options.isSafeToRepeat ?? defaults.isSafeToRepeat,
    signal: options.signal ?? defaults.signal,
    orderKey: options.orderKey ?? defaults.orderKey,
  };
  const { source, timeoutMs, retry } = settings;
  if (typeof source !== 'string' || !/^[\w.:-]{1,64}$/.test(source)) {
    throw new InvalidRedisOptionError(
      'source',
      shown(source),
      'letters, digits, "_", ".", ":" and "-", at most 64',
    );
  }
  if (!(typeof timeoutMs === 'number' && timeoutMs >= 1 && timeoutMs <= MAX_TIMEOUT_MS)) {
    throw new InvalidRedisOptionError('timeoutMs', shown(timeoutMs), `1 to ${MAX_TIMEOUT_MS}`);
  }
  if (!POLICIES.includes(retry)) {
    throw new InvalidRedisOptionError('retry', shown(retry), '"none", "once-quickly" or "standard"');
  }
  return settings;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 64)) : String(value);
}
