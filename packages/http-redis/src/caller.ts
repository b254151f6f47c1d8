import { Call, type CallHost } from './call.js';
import { describeCall, type CallRequest, type Reply } from './call-report.js';
import type { CallSettings } from './call-settings.js';
import type { Dispatcher } from './dispatcher.js';
import { RedisUnavailableError } from './errors.js';
import type { HttpRedisHealth } from './http-redis.js';
import type { SharedTimers } from './shared-timers.js';

/** The calls of one client. */
export interface Caller {
  call<T>(request: CallRequest, settings: CallSettings, read: (replies: readonly Reply[]) => T): Promise<T>;
  lastFailure(): HttpRedisHealth['lastFailure'];
  /** Resolves when no call is under way; those that wait for a try end with their last error. */
  close(): Promise<void>;
}

export function createCaller(
  dispatcher: Dispatcher,
  timers: SharedTimers,
  retryDelayMs: CallHost['retryDelayMs'],
): Caller {
  const lines = new Map<string, Call[]>();
  const underWay = new Set<Call>();
  let lastFailure: HttpRedisHealth['lastFailure'] = null;
  let isClosed = false;
  let onIdle = () => {};

  const host: CallHost = {
    dispatcher,
    timers,
    retryDelayMs,
    isClosed: () => isClosed,
    lineUp(orderKey, call) {
      const line = lines.get(orderKey) ?? [];
      if (line.length === 0) lines.set(orderKey, line);
      line.push(call);
      return line;
    },
    failed({ code }) {
      lastFailure = { code, atMs: Date.now() };
    },
    ended(call) {
      underWay.delete(call);
      const { line } = call;
      if (line !== null) {
        line.splice(line.indexOf(call), 1);
        if (line.length === 0) lines.delete(call.settings.orderKey as string);
        else dispatcher.advance(line);
      }
      if (underWay.size === 0) onIdle();
    },
  };
  return {
    call(request, settings, read) {
      return new Promise((resolve, reject) => {
        settings.signal?.throwIfAborted();
        if (isClosed) throw closedError(request);
        const call = new Call(
          request,
          settings,
          host,
          (replies) => {
            try {
              resolve(read(replies));
            } catch (error) {
              reject(error);
            }
          },
          reject,
        );
        underWay.add(call);
        call.go();
      });
    },
    lastFailure: () => lastFailure,
    close() {
      isClosed = true;
      for (const call of underWay) call.tryNoMore();
      if (underWay.size === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const before = onIdle;
        onIdle = () => {
          before();
          resolve();
        };
      });
    },
  };
}

function closedError(request: CallRequest): RedisUnavailableError {
  const details = { status: null, systemCode: null, retryAfterMs: null, mayHaveBeenApplied: false };
  return new RedisUnavailableError(describeCall(request, 0, 0), 'closed', details);
}
