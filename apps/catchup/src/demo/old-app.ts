import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { createAsking, type Answer, type Asking } from './asking.js';
import { startChild } from './child-process.js';

/** A job as plain Bull takes it; a name of `null` is Bull's job without one. */
export interface OldAppJob {
  readonly name: string | null;
  readonly data: unknown;
  readonly options: {
    readonly jobId?: string;
    readonly attempts?: number;
    readonly backoff?: { readonly type: 'fixed' | 'exponential'; readonly delay: number };
    readonly delay?: number;
    readonly priority?: number;
    readonly repeat?: { readonly every: number };
  };
}

interface OldAppRequests {
  /** Connects to the queues; a concurrency of 0 makes no worker. */
  readonly open: {
    readonly argument: {
      /** What Redis is to call its connections. */
      readonly connectionName?: string;
      readonly queues: readonly {
        readonly name: string;
        readonly concurrency: number;
        readonly jobNames: readonly (string | null)[];
      }[];
    };
    readonly answer: null;
  };
  /** Adds one after another; answers the ids. */
  readonly add: {
    readonly argument: { readonly queue: string; readonly jobs: readonly OldAppJob[] };
    readonly answer: readonly string[];
  };
  readonly pause: { readonly argument: string; readonly answer: null };
}

/** An app written with plain `bull`, in a process of its own. */
export interface OldApp extends Pick<Asking<OldAppRequests>, 'ask'> {
  /** Closes its queues and ends, or ends at once. */
  stop(how: 'message' | 'SIGKILL'): Promise<void>;
}

/**
 * The program of the old app, or `null` when Bull is gone: it lives in the one folder that is deleted then. It is
 * looked up by a path, so that nothing of this app needs Bull in order to compile.
 */
export function findOldApp(): string | null {
  const resolve = createRequire(import.meta.url).resolve;
  try {
    resolve('@switchyard/queue-bull/package.json');
  } catch {
    return null;
  }
  return resolve('@switchyard/queue-bull/plain-bull/app-process');
}

/** @throws when Bull is gone */
export function startOldApp(redisUrl: string, onUnexpectedExit: (error: Error) => void): OldApp {
  const program = findOldApp();
  if (program === null) throw new Error('Bull is gone, and the old app with it');
  const child = startChild<Answer>({
    script: pathToFileURL(program).href,
    environment: { REDIS_URL: redisUrl },
    onMessage: (answer) => asking.settle(answer),
    onUnexpectedExit(error) {
      asking.fail(error);
      onUnexpectedExit(error);
    },
  });
  const asking = createAsking<OldAppRequests>(child.send);
  return { ask: asking.ask, stop: (how) => child.stop(how) };
}
