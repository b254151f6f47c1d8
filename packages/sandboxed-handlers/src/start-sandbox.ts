import {
  InvalidOptionError,
  type JobHandlers,
  type JobSchemas,
  type QueueDefinition,
} from '@switchyard/queue-contract';
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createProcessPool } from './process-pool.js';

const MAX_TIMER_MS = 2 ** 31 - 1;

export interface SandboxOptions {
  /** Processes to start with, 1 to 1000. Default 1; more start when more jobs run at once, and stay. */
  readonly processes?: number;
  /** How long a handler may go on after its signal was aborted, in ms, before its process is killed. Default 5000. */
  readonly graceMs?: number;
  /** How long a process may take to load the file, in ms. Default 30 000. */
  readonly startTimeoutMs?: number;
  /** Options of Node for the processes, such as `--max-old-space-size=256`. Default: those of this one, `--inspect` aside. */
  readonly execArgv?: readonly string[];
  /** The whole environment of the processes. Default: that of this one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface Sandbox<S extends JobSchemas = JobSchemas> {
  /** For `consume`: each runs its job in a process of its own. */
  readonly handlers: JobHandlers<S>;
  /** Ids of the processes that live at this moment. */
  readonly processIds: readonly number[];
  /**
   * Waits for the jobs that run, then ends the processes. After `timeoutMs` (default: no limit) the jobs' signals are
   * aborted, and after the grace their processes killed. Close the consumer first: a job that comes later fails with
   * a ClosedError.
   */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

/**
 * Starts processes that run a queue's handlers, one job each at a time, and answers handlers that hand their jobs
 * to them. The file exports `handlers`, or the same as its default: an object with a function for each declared name,
 * or one function for all.
 *
 * @param file a file URL or an absolute path
 * @throws SandboxStartError for a file that cannot be loaded or lacks a handler
 * @throws InvalidOptionError
 */
export async function startSandbox<S extends JobSchemas>(
  definition: QueueDefinition<S>,
  file: URL | string,
  options: SandboxOptions = {},
): Promise<Sandbox<S>> {
  const { processes = 1, graceMs = 5000, startTimeoutMs = 30_000, env } = options;
  const where = `sandbox of queue "${definition.name}"`;
  const check = (option: string, value: number, min: number, max: number) => {
    if (Number.isInteger(value) && value >= min && value <= max) return;
    throw new InvalidOptionError(`${option} of ${where}`, value, `an integer, ${min} to ${max}`);
  };
  check('processes', processes, 1, 1000);
  check('graceMs', graceMs, 0, MAX_TIMER_MS);
  check('startTimeoutMs', startTimeoutMs, 1, MAX_TIMER_MS);

  const names = Object.keys(definition.jobs);
  const pool = createProcessPool({
    queue: definition.name,
    file: fileUrl(where, file),
    names,
    graceMs,
    startTimeoutMs,
    execArgv: options.execArgv ?? inheritedExecArgv(),
    env,
  });
  await pool.grow(processes);
  return {
    handlers: Object.fromEntries(names.map((name) => [name, pool.run])) as unknown as JobHandlers<S>,
    get processIds() {
      return pool.pids;
    },
    close: pool.close,
  };
}

function fileUrl(where: string, file: URL | string): string {
  if (typeof file === 'string' && isAbsolute(file)) return pathToFileURL(file).href;
  const { protocol, href } = URL.canParse(String(file)) ? new URL(file) : {};
  if (protocol === 'file:' && href) return href;
  throw new InvalidOptionError(`file of ${where}`, String(file), 'a file URL or an absolute path');
}

/** A second process cannot listen where the inspector of this one does, and would end at once. */
function inheritedExecArgv(): readonly string[] | undefined {
  const isInspect = (argument: string) => argument.startsWith('--inspect');
  return process.execArgv.some(isInspect) ? process.execArgv.filter((each) => !isInspect(each)) : undefined;
}
