import { ClosedError, closeLimitMs, type RunningJob } from '@switchyard/queue-contract';
import { setMaxListeners } from 'node:events';
import { startHandlerProcess, type HandlerProcess, type ProcessSettings } from './handler-process.js';

/**
 * As many processes as jobs run at once, each with one job; those that wait are kept. A handler that goes on after its
 * abort holds its process for the grace, and the next job may start one more: when it ends, so does what is too much.
 */
export interface ProcessPool {
  readonly pids: readonly number[];
  /** Starts processes until there are `count`. @throws SandboxStartError */
  grow(count: number): Promise<void>;
  run(job: RunningJob): Promise<unknown>;
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

export function createProcessPool(settings: ProcessSettings): ProcessPool {
  const what = `sandbox of queue "${settings.queue}"`;
  const alive = new Set<HandlerProcess>();
  const idle: HandlerProcess[] = [];
  const runs = new Map<Promise<unknown>, AbortController>();
  const stops = new Map<HandlerProcess, Promise<void>>();
  let closing: Promise<unknown> | undefined;
  /** How many are kept: the most that have run jobs at once, those that were aborted not counted. */
  let kept = 0;

  const start = async (): Promise<HandlerProcess> => {
    const started = await startHandlerProcess(settings);
    alive.add(started);
    void started.ended.then(() => {
      alive.delete(started);
      stops.delete(started);
    });
    return started;
  };

  const stop = (process: HandlerProcess): Promise<void> => {
    const stopping = stops.get(process) ?? process.stop();
    stops.set(process, stopping);
    return stopping;
  };

  /** Looks at them only here: one may have ended while it waited. */
  const takeIdle = (): HandlerProcess | undefined => {
    let taken = idle.pop();
    while (taken && !taken.isUsable) taken = idle.pop();
    return taken;
  };

  const runInProcess = async (job: RunningJob, abort: AbortController): Promise<unknown> => {
    const onAbort = () => abort.abort(job.signal.reason);
    // A consumer may lend one signal to all of its jobs: more listeners than ten are no leak.
    setMaxListeners(0, job.signal);
    job.signal.addEventListener('abort', onAbort, { once: true });
    let taken: HandlerProcess | undefined;
    try {
      if (job.signal.aborted) onAbort();
      abort.signal.throwIfAborted();
      taken = takeIdle() ?? (await start());
      abort.signal.throwIfAborted();
      return await taken.run({ ...job, signal: abort.signal });
    } finally {
      job.signal.removeEventListener('abort', onAbort);
      if (taken?.isUsable) {
        if (abort.signal.aborted && alive.size - stops.size > kept) void stop(taken);
        else idle.push(taken);
      }
    }
  };

  return {
    get pids() {
      return [...alive].map(({ pid }) => pid);
    },

    async grow(count) {
      kept = Math.max(kept, count);
      const started = await Promise.allSettled(Array.from({ length: count }, start));
      for (const each of started) if (each.status === 'fulfilled') idle.push(each.value);
      const refused = started.find(({ status }) => status === 'rejected');
      if (!refused) return;
      await this.close();
      throw (refused as PromiseRejectedResult).reason;
    },

    run(job) {
      if (closing) return Promise.reject(new ClosedError(what));
      const abort = new AbortController();
      const run = runInProcess(job, abort);
      runs.set(run, abort);
      const atOnce = [...runs.values()].filter(({ signal }) => !signal.aborted).length;
      kept = Math.max(kept, atOnce);
      const forget = () => runs.delete(run);
      run.then(forget, forget);
      return run;
    },

    async close({ timeoutMs } = {}) {
      closing ??= Promise.allSettled(runs.keys()).then(() => Promise.all([...alive].map(stop)));
      const giveUp = () => {
        for (const abort of runs.values()) abort.abort(new ClosedError(what));
      };
      const timer = timeoutMs === undefined ? undefined : setTimeout(giveUp, closeLimitMs(timeoutMs));
      await closing;
      clearTimeout(timer);
    },
  };
}
