import type { CallOptions, RetryPolicy } from './call-options.js';
import { checkedAmount, shownValue } from './checked-number.js';
import { InvalidRedisOptionError } from './errors.js';

/** Call options with every default filled in. */
export interface CallSettings {
  readonly source: string;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  readonly isSafeToRepeat: boolean | undefined;
  readonly orderKey: string | undefined;
  readonly signal: AbortSignal | undefined;
}

export const DEFAULT_SETTINGS: CallSettings = {
  source: 'app',
  timeoutMs: 2000,
  retry: 'standard',
  isSafeToRepeat: undefined,
  orderKey: undefined,
  signal: undefined,
};

const POLICIES: readonly unknown[] = ['none', 'once-quickly', 'standard'] satisfies RetryPolicy[];

/** The longest that a timer of Node can wait. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** @throws InvalidRedisOptionError */
export function settingsOf(options: CallOptions | undefined, defaults: CallSettings): CallSettings {
  if (options === undefined) return defaults;
  const settings: CallSettings = {
    source: options.source ?? defaults.source,
    timeoutMs: options.timeoutMs ?? defaults.timeoutMs,
    retry: options.retry ?? defaults.retry,
    isSafeToRepeat: options.isSafeToRepeat ?? defaults.isSafeToRepeat,
    orderKey: options.orderKey ?? defaults.orderKey,
    signal: options.signal ?? defaults.signal,
  };
  const { source, retry, orderKey } = settings;
  checkedAmount('timeoutMs', settings.timeoutMs, 1, MAX_TIMEOUT_MS);
  if (typeof source !== 'string' || !/^[\w.:-]{1,64}$/.test(source)) {
    throw new InvalidRedisOptionError(
      'source',
      shownValue(source),
      'up to 64 of letters, digits, "_", ".", ":", "-"',
    );
  }
  if (!POLICIES.includes(retry)) {
    throw new InvalidRedisOptionError('retry', shownValue(retry), POLICIES.map(shownValue).join(', '));
  }
  if (orderKey !== undefined && typeof orderKey !== 'string') {
    throw new InvalidRedisOptionError('orderKey', shownValue(orderKey), 'a string');
  }
  return settings;
}
