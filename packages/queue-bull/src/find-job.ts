import type { JobState } from '@switchyard/queue-contract';
import { toFields, type JobFields } from './bull-job.js';
import { storedJobIds } from './job-ids.js';
import type { QueueKeys } from './queue-keys.js';
import { READ_JOB } from './read-job.lua.js';
import type { RunScript } from './run-script.js';

export interface FoundJob {
  readonly storedId: string;
  readonly state: JobState;
  readonly fields: JobFields;
}

/** Looks a job up under the names that its id may be stored as. */
export async function findJob(run: RunScript, keys: QueueKeys, id: string): Promise<FoundJob | null> {
  for (const storedId of storedJobIds(id)) {
    const hash = keys.base + storedId;
    const reply = await run(
      READ_JOB,
      [keys.completed, keys.failed, keys.delayed, keys.active, hash],
      [storedId],
    );
    const [state, flat] = reply as [JobState?, string[]?];
    if (state && flat) return { storedId, state, fields: toFields(flat) };
  }
  return null;
}
