/**
 * @typedef {import('@switchyard/queue-contract').RunningJob} RunningJob
 *
 * @typedef {object} BullSandboxJob the part of Bull's job that its sandboxed processors are given
 * @property {string} id
 * @property {string} name
 * @property {unknown} data
 * @property {{ attempts: number }} opts
 * @property {number} attemptsMade
 * @property {number} timestamp
 * @property {(progress?: unknown) => unknown} progress
 * @property {(row: string) => Promise<void>} log
 * @property {() => void} discard
 * @property {(data: unknown) => Promise<void>} update
 */

/**
 * Makes a handler of what a processor file of Bull exports, `async (job) => …` or `(job, done) => …`, so that the file
 * can stay as it is.
 *
 * @param {(job: never, done: never) => unknown} processor
 * @returns {(job: RunningJob) => Promise<unknown>}
 */
export function fromBullProcessor(processor) {
  if (typeof processor !== 'function')
    throw new TypeError(`processor is of type ${typeof processor}, no function`);
  const call =
    /** @type {(job: BullSandboxJob, done?: (error: unknown, result: unknown) => void) => unknown} */ (
      processor
    );
  return async (running) => {
    const { job, isDiscarded } = bullJob(running);
    try {
      if (processor.length < 2) return await call(job);
      return await new Promise((resolve, reject) => {
        call(job, (error, result) => {
          if (error) reject(error);
          else resolve(result);
        });
      });
    } catch (thrown) {
      if (!isDiscarded()) throw thrown;
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      throw Object.assign(new Error(message, { cause: thrown }), { code: 'SWITCHYARD_UNRECOVERABLE' });
    }
  };
}

/**
 * @param {RunningJob} running
 * @returns {{ job: BullSandboxJob, isDiscarded: () => boolean }}
 */
function bullJob({ id, name, data, attempt, attempts, createdAtMs, updateProgress, log, updateData }) {
  /** @type {unknown} */
  let progress = 0;
  let discarded = false;
  /** @type {BullSandboxJob} */
  const job = {
    id,
    name,
    data,
    opts: { attempts },
    attemptsMade: attempt - 1,
    timestamp: createdAtMs,
    progress(value) {
      if (value === undefined) return progress;
      progress = value;
      return updateProgress(value);
    },
    log,
    discard() {
      discarded = true;
    },
    async update(changed) {
      job.data = changed;
      await updateData(changed);
    },
  };
  return { job, isDiscarded: () => discarded };
}
