import { ClosedError, type RunningJob } from '@switchyard/queue-contract';
import { startHandlerProcess, type HandlerProcess, type ProcessSettings } from './handler-process.js';

/** As many processes as jobs run at once, each with one job; those that wait are kept. */
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
  const runs = new Set<Promise<unknown>>();
  const givingUp = new AbortController();
  let closing: Promise<unknown> | undefined;

  const start = async (): Promise<HandlerProcess> => {
    const started = await startHandlerProcess(settings);
    alive.add(started);
    void started.ended.then(() => alive.delete(started));
    return started;
  };

  const takeIdle = (): HandlerProcess | undefined => {
    let taken = idle.pop();
    while (taken && !taken.isUsable) taken = idle.pop();
    return taken;
  };

  const runInProcess = async (job: RunningJob): Promise<unknown> => {
    const abort = new AbortController();
    const sources = [job.signal, givingUp.signal];
    const unlink = sources.map((source) => linkAbort(source, abort));
    let taken: HandlerProcess | undefined;
    try {
      abort.signal.throwIfAborted();
      taken = takeIdle() ?? (await start());
      abort.signal.throwIfAborted();
      return await taken.run({ ...job, signal: abort.signal });
    } finally {
      for (const end of unlink) end();
      if (taken?.isUsable) idle.push(taken);
    }
  };

  return {
    get pids() {
      return [...alive].map(({ pid }) => pid);
    },

    async grow(count) {
      const started = await Promise.allSettled(Array.from({ length: count }, start));
      for (const each of started) if (each.status === 'fulfilled') idle.push(each.value);
      const refused = started.find(({ status }) => status === 'rejected');
      if (!refused) return;
      await this.close();
      throw (refused as PromiseRejectedResult).reason;
    },

    run(job) {
      if (closing) return Promise.reject(new ClosedError(what));
      const run = runInProcess(job);
      runs.add(run);
      const forget = () => runs.delete(run);
      run.then(forget, forget);
      return run;
    },

    async close({ timeoutMs } = {}) {
      closing ??= Promise.allSettled(runs).then(() => Promise.all([...alive].map((each) => each.stop())));
      const giveUp = () => givingUp.abort(new ClosedError(what));
      const timer = timeoutMs === undefined ? undefined : setTimeout(giveUp, timeoutMs);
      await closing;
      clearTimeout(timer);
    },
  };
}

/** Aborts the one with the other; answers a function that ends the link, as a long-lived source would keep it. */
function linkAbort(source: AbortSignal, target: AbortController): () => void {
  const onAbort = () => target.abort(source.reason);
  if (source.aborted) onAbort();
  else source.addEventListener('abort', onAbort, { once: true });
  return () => source.removeEventListener('abort', onAbort);
}
