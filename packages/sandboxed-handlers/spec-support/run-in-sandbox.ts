import { jest } from '@jest/globals';
import { defineQueue, runJob, type RunningJob, type StandardSchema } from '@switchyard/queue-contract';
import { fileURLToPath } from 'node:url';
import { startSandbox, type Sandbox, type SandboxOptions } from '../src/index.js';

// Every process takes its time to start, and more on a busy machine.
jest.setTimeout(60_000);

const anything: StandardSchema<unknown> = {
  '~standard': { version: 1, vendor: 'spec', validate: (value) => ({ value }) },
};
export const definition = defineQueue({
  name: 'spec',
  tier: 'medium',
  jobs: { work: anything, other: anything },
});
export type SpecSandbox = Sandbox<(typeof definition)['jobs']>;

export const childFile = (name: string): string =>
  fileURLToPath(new URL(`../spec-child/${name}`, import.meta.url));

const opened: SpecSandbox[] = [];

/** A sandbox that {@link closeSandboxes} closes. */
export async function openSandbox(options?: SandboxOptions, file = 'handlers.mjs'): Promise<SpecSandbox> {
  const sandbox = await startSandbox(definition, childFile(file), options);
  opened.push(sandbox);
  return sandbox;
}

export async function closeSandboxes(): Promise<void> {
  await Promise.all(opened.splice(0).map((sandbox) => sandbox.close({ timeoutMs: 0 })));
}

export interface RunSettings {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly job?: Partial<RunningJob>;
}

/** Runs one attempt as an engine would. */
export function runInSandbox(
  sandbox: SpecSandbox,
  data: { readonly deed: string; readonly [more: string]: unknown },
  { timeoutMs, signal = new AbortController().signal, job = {} }: RunSettings = {},
): Promise<unknown> {
  return runJob({
    definition,
    handlers: sandbox.handlers,
    job: {
      id: '7',
      name: 'work',
      queue: 'spec',
      engine: 'none',
      data,
      attempt: 2,
      attempts: 3,
      createdAtMs: 5,
      scheduleId: null,
      updateProgress: async () => undefined,
      log: async () => undefined,
      updateData: async () => undefined,
      ...job,
    },
    timeoutMs,
    signal,
  });
}

export function thrownBy(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    (result) => {
      throw new Error(`nothing was thrown but answered: ${JSON.stringify(result)}`);
    },
    (error: unknown) => error,
  );
}
