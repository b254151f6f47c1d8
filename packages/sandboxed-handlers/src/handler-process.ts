import type { RunningJob } from '@switchyard/queue-contract';
import { fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describeThrown, rebuildThrown } from './child/transported-error.mjs';
import { contractErrors } from './contract-errors.js';
import {
  SandboxCrashedError,
  SandboxKilledError,
  SandboxStartError,
  SandboxTransferError,
} from './errors.js';
import type { FromChild, ToChild } from './messages.js';

const ENTRY = fileURLToPath(new URL('./child/main.mjs', import.meta.url));

export interface ProcessSettings {
  readonly queue: string;
  /** URL of the handlers' file. */
  readonly file: string;
  readonly names: readonly string[];
  readonly graceMs: number;
  readonly startTimeoutMs: number;
  readonly execArgv: readonly string[] | undefined;
  readonly env: Readonly<Record<string, string | undefined>> | undefined;
}

/** A process that has loaded the handlers' file and runs one job at a time. */
export interface HandlerProcess {
  readonly pid: number;
  /** Whether it can run another job. */
  readonly isUsable: boolean;
  /** Resolves when it has ended, for whatever reason, and everything it sent was read. */
  readonly ended: Promise<unknown>;
  /** @throws what the handler threw, SandboxCrashedError, SandboxKilledError, SandboxTransferError */
  run(job: RunningJob): Promise<unknown>;
  /** Ends it: in peace if it does so within the grace. Not while it runs a job. */
  stop(): Promise<void>;
}

interface Run {
  readonly job: RunningJob;
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

interface End {
  readonly exitCode: number | null;
  readonly exitSignal: string | null;
}

/** @throws SandboxStartError */
export async function startHandlerProcess(settings: ProcessSettings): Promise<HandlerProcess> {
  const { queue, file, names, graceMs, startTimeoutMs, execArgv, env } = settings;
  // Its argument is for whoever looks at a list of processes.
  const child = fork(ENTRY, [queue], {
    ...(execArgv && { execArgv: [...execArgv] }),
    ...(env && { env }),
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
  });
  // Nothing comes through it: that it closes with this process tells the child to end.
  const lifeline = child.stdio[4] as Socket | null;
  lifeline?.on('error', () => undefined).resume();

  let current: Run | undefined;
  let uncaught: { readonly cause: unknown } | undefined;
  let isKilled = false;
  let onLoaded: () => void = () => undefined;
  let onRefused: (reason: SandboxStartError) => void = () => undefined;
  const loaded = new Promise<void>((resolve, reject) => {
    [onLoaded, onRefused] = [resolve, reject];
  });
  const refuse = (problem: string, options?: ErrorOptions) =>
    onRefused(new SandboxStartError(queue, file, problem, options));

  const ended = new Promise<End>((resolve) => {
    // Not "exit", which comes while messages are still to be read.
    child.once('close', (exitCode, exitSignal) => resolve({ exitCode, exitSignal }));
  });
  const send = (message: ToChild) => {
    // Whether it arrives or not: that a child is gone is seen by its end.
    child.send(message, () => undefined);
  };
  const kill = () => {
    isKilled = true;
    child.kill('SIGKILL');
  };

  const answerCall = async ({ call, method, argument }: FromChild & { sandbox: 'call' }) => {
    let thrown: unknown;
    let hasThrown = false;
    try {
      if (method === 'log') await current?.job.log(argument ?? '');
      else await current?.job[method](argument === undefined ? undefined : JSON.parse(argument));
    } catch (error) {
      [hasThrown, thrown] = [true, error];
    }
    send({ sandbox: 'answer', call, thrown: hasThrown ? describeThrown(thrown) : undefined });
  };

  child.on('message', (message: FromChild | null) => {
    if (uncaught) return;
    switch (message?.sandbox) {
      case 'loaded':
        return onLoaded();
      case 'refused':
        return refuse(
          message.problem,
          message.thrown && { cause: rebuildThrown(message.thrown, contractErrors) },
        );
      case 'call':
        return void answerCall(message);
      case 'returned':
        return current?.resolve(message.result === undefined ? undefined : JSON.parse(message.result));
      case 'threw':
        return current?.reject(rebuildThrown(message.thrown, contractErrors));
      case 'uncaught':
        uncaught = { cause: rebuildThrown(message.thrown, contractErrors) };
    }
  });

  void ended.then(({ exitCode, exitSignal }) => {
    const how = exitSignal === null ? `with exit code ${exitCode}` : `by ${exitSignal}`;
    refuse(`its process was ended ${how} before it had loaded`, uncaught);
    if (!current) return;
    const { job, reject } = current;
    if (isKilled) reject(new SandboxKilledError(queue, job.id, graceMs, { cause: job.signal.reason }));
    else reject(new SandboxCrashedError(queue, job.id, exitCode, exitSignal, uncaught));
  });

  child.on('error', (cause) => refuse(`its process cannot be started: ${cause.message}`, { cause }));
  send({ sandbox: 'load', file, names });
  const timer = setTimeout(() => refuse(`it took longer than ${startTimeoutMs} ms to load`), startTimeoutMs);
  try {
    await loaded;
  } catch (error) {
    kill();
    throw error;
  } finally {
    clearTimeout(timer);
  }

  /** An idle process is no reason for its parent to stay. */
  const keepParent = (isNeeded: boolean) => {
    const how = isNeeded ? 'ref' : 'unref';
    child[how]();
    child.channel?.[how]();
    lifeline?.[how]();
  };
  keepParent(false);

  return {
    pid: child.pid as number,
    ended,
    get isUsable() {
      return child.connected && !isKilled && !uncaught;
    },

    async run(job) {
      const { signal, updateProgress: _, log: __, updateData: ___, ...fields } = job;
      let grace: NodeJS.Timeout | undefined;
      const onAbort = () => {
        send({ sandbox: 'abort', reason: describeThrown(signal.reason) });
        grace = setTimeout(kill, graceMs);
      };
      keepParent(true);
      try {
        return await new Promise((resolve, reject) => {
          current = { job, resolve, reject };
          try {
            send({ sandbox: 'run', job: fields });
          } catch (cause) {
            throw new SandboxTransferError(queue, job.id, { cause });
          }
          if (signal.aborted) onAbort();
          else signal.addEventListener('abort', onAbort, { once: true });
        });
      } finally {
        current = undefined;
        clearTimeout(grace);
        signal.removeEventListener('abort', onAbort);
        keepParent(false);
      }
    },

    async stop() {
      keepParent(true);
      send({ sandbox: 'stop' });
      const grace = setTimeout(kill, graceMs);
      await ended;
      clearTimeout(grace);
    },
  };
}
