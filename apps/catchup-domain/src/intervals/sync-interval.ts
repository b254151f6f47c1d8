import { estimateChangeRate, type Poll } from './change-rate.js';

/** What bounds an interval between syncs. */
export interface SyncIntervalLimits {
  /** Seconds, default 300. */
  readonly minSeconds: number;
  /** Seconds, default 21 600 (6 hours). */
  readonly maxSeconds: number;
  /** Before anything is known. Seconds, default 1800. */
  readonly initialSeconds: number;
}

export const DEFAULT_SYNC_INTERVAL_LIMITS: SyncIntervalLimits = {
  minSeconds: 300,
  maxSeconds: 21_600,
  initialSeconds: 1800,
};

/** How the provider tells of changes by itself: `working` channels, channels that went `silent`, or `none`. */
export type PushState = 'working' | 'silent' | 'none';

export interface SyncHistory {
  /** Oldest first. The last {@link POLLS_THAT_COUNT} count. */
  readonly polls: readonly Poll[];
  /** Syncs that failed since the last that did not. */
  readonly failuresInARow: number;
  readonly push: PushState;
  /** Seconds between syncs as decided before; nothing decided yet when absent. */
  readonly currentSeconds?: number;
}

export type IntervalReason =
  | { readonly kind: 'nothing-known' }
  | { readonly kind: 'changes'; readonly found: number; readonly polls: number; readonly perDay: number }
  | { readonly kind: 'push-is-working' }
  | { readonly kind: 'push-is-silent' }
  | { readonly kind: 'failures'; readonly inARow: number }
  | { readonly kind: 'at-minimum' | 'at-maximum' }
  | { readonly kind: 'close-to-current'; readonly wouldBeSeconds: number };

export interface SyncIntervalDecision {
  /** Whole seconds within the limits. */
  readonly intervalSeconds: number;
  /** What led there, in the order it was weighed. */
  readonly reasons: readonly IntervalReason[];
}

/** Older polls tell of other times. */
export const POLLS_THAT_COUNT = 40;
/** An interval that differs by less is not worth moving a schedule for. */
const HYSTERESIS = 0.2;
/** With working push a poll only catches what a lost notification left behind. */
const PUSH_FACTOR = 8;
const SECONDS_PER_DAY = 86_400;

/**
 * The time after which a change is as likely as not, `ln 2 / λ`: about every second sync finds something. Each
 * failure in a row doubles it; a working push channel makes polling eight times as rare.
 *
 * @throws RangeError when a poll's distance or a limit is no positive number, or `minSeconds` exceeds `maxSeconds`
 */
export function decideSyncInterval(
  history: SyncHistory,
  limits: SyncIntervalLimits = DEFAULT_SYNC_INTERVAL_LIMITS,
): SyncIntervalDecision {
  checkLimits(limits);
  checkPolls(history.polls);
  const reasons: IntervalReason[] = [];
  const polls = history.polls.slice(-POLLS_THAT_COUNT);

  const rate = estimateChangeRate(polls, { intervalSeconds: limits.initialSeconds });
  let seconds = Math.LN2 / rate;
  if (polls.length === 0) reasons.push({ kind: 'nothing-known' });
  else {
    const found = polls.filter(({ foundChanges }) => foundChanges).length;
    const perDay = Number((rate * SECONDS_PER_DAY).toPrecision(2));
    reasons.push({ kind: 'changes', found, polls: polls.length, perDay });
  }
  if (history.push === 'working') {
    seconds *= PUSH_FACTOR;
    reasons.push({ kind: 'push-is-working' });
  }
  if (history.push === 'silent') reasons.push({ kind: 'push-is-silent' });
  seconds = bounded(Math.round(seconds), limits, reasons);

  if (history.failuresInARow > 0) {
    seconds = Math.min(limits.maxSeconds, seconds * 2 ** Math.min(history.failuresInARow, 20));
    reasons.push({ kind: 'failures', inARow: history.failuresInARow });
  } else {
    const current = history.currentSeconds;
    if (current !== undefined && isClose(seconds, current, limits)) {
      if (seconds !== current) reasons.push({ kind: 'close-to-current', wouldBeSeconds: seconds });
      seconds = current;
    }
  }
  return { intervalSeconds: seconds, reasons };
}

/** A limit is always worth reaching. */
function isClose(seconds: number, current: number, { minSeconds, maxSeconds }: SyncIntervalLimits): boolean {
  if (seconds <= minSeconds || seconds >= maxSeconds || current < minSeconds || current > maxSeconds)
    return false;
  return Math.abs(seconds - current) <= HYSTERESIS * current;
}

function bounded(seconds: number, { minSeconds, maxSeconds }: SyncIntervalLimits, reasons: IntervalReason[]) {
  if (seconds < minSeconds) reasons.push({ kind: 'at-minimum' });
  if (seconds > maxSeconds) reasons.push({ kind: 'at-maximum' });
  return Math.min(maxSeconds, Math.max(minSeconds, seconds));
}

function checkLimits(limits: SyncIntervalLimits): void {
  for (const name of ['minSeconds', 'maxSeconds', 'initialSeconds'] as const)
    checkPositive(name, limits[name]);
  if (limits.minSeconds > limits.maxSeconds)
    throw new RangeError(`minSeconds ${limits.minSeconds} must not exceed maxSeconds ${limits.maxSeconds}`);
}

function checkPolls(polls: readonly Poll[]): void {
  for (const { afterSeconds } of polls) checkPositive('afterSeconds', afterSeconds);
}

function checkPositive(name: string, value: number): void {
  if (!Number.isFinite(value) || value <= 0)
    throw new RangeError(`${name} must be a positive number of seconds, not ${value}`);
}
