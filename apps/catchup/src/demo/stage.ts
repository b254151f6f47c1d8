import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpRedisSettings } from '@switchyard/http-redis';
import type { DemoState } from './demo-state.js';
import type { RedisObserver } from './redis-observer.js';
import type { Timeline } from './timeline.js';

export const POLL_MS = 100;

/** What the steps of the demo share. */
export interface Stage {
  readonly timeline: Timeline;
  readonly state: DemoState;
  readonly redisUrl: string;
  /** The same Redis over HTTP. */
  readonly httpRedis: HttpRedisSettings;
  readonly observer: RedisObserver;
  /** Aborted when the demo cannot go on: somebody ended it, or a process died. */
  readonly signal: AbortSignal;
  fail(error: Error): void;
  /** Called in reverse order at the end. */
  atEnd(undo: () => unknown): void;
}

/** Waits until something holds; answers whether it did within the time. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  timeoutMs: number,
  { signal }: Stage,
): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) return false;
    await sleep(POLL_MS, undefined, { signal });
  }
  return true;
}

export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
