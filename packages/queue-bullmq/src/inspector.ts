import {
  JobNotFoundError,
  JobStateError,
  resolveClean,
  resolveJobsPage,
  type Job,
  type JobInspector,
  type JobState,
} from '@switchyard/queue-contract';
import type { JobType, Queue } from 'bullmq';
import type { BullMqQueue } from './bullmq-queue.js';
import { jobPicture } from './job-picture.js';
import { isPendingFiring, skipFiring } from './skip-firing.js';
import { callerId, isFiringId, storedId } from './stored-id.js';

interface Section {
  readonly type: JobType;
  readonly state: JobState;
}

/** Where BullMQ keeps the jobs of a state, in the order in which the contract shows them. */
const SECTIONS: Readonly<Record<JobState, readonly Section[]>> = {
  waiting: [
    { type: 'wait', state: 'waiting' },
    { type: 'prioritized', state: 'waiting' },
  ],
  delayed: [{ type: 'delayed', state: 'delayed' }],
  active: [{ type: 'active', state: 'active' }],
  completed: [{ type: 'completed', state: 'completed' }],
  failed: [{ type: 'failed', state: 'failed' }],
};

const CALLER_STATES: Readonly<Record<string, JobState>> = {
  waiting: 'waiting',
  prioritized: 'waiting',
  delayed: 'delayed',
  active: 'active',
  completed: 'completed',
  failed: 'failed',
};

/** How often a job that is on its way from one state to the next is looked for again. */
const LOOKS = 5;

export function createInspector(bullMqQueue: BullMqQueue): JobInspector {
  const { name: queueName, key, context } = bullMqQueue;

  const resolveId = (id: string) => resolveStoredId(bullMqQueue, id);

  const picture = async (queue: Queue, id: string): Promise<Job | null> => {
    for (let look = 0; look < LOOKS; look++) {
      const [job, stored] = await Promise.all([queue.getJob(id), queue.getJobState(id)]);
      if (!job) return null;
      const state = CALLER_STATES[stored];
      const isFinished = state === 'completed' || state === 'failed';
      // Both were asked at once, but the job may have moved in between.
      if (state && isFinished === (job.finishedOn !== undefined)) return jobPicture(bullMqQueue, job, state);
    }
    return null;
  };

  const stateOf = async (queue: Queue, id: string): Promise<string | null> => {
    const [known, state] = await Promise.all([context.connection.exists(key(id)), queue.getJobState(id)]);
    return known === 0 ? null : (CALLER_STATES[state] ?? state);
  };

  /** Does something that BullMQ refuses in the wrong state, and says what was wrong. */
  const inState = async (
    id: string,
    allowed: JobState,
    work: (queue: Queue, stored: string) => Promise<void>,
  ) =>
    bullMqQueue.use(async (queue) => {
      const stored = await resolveId(id);
      const state = await stateOf(queue, stored);
      if (state === null) throw new JobNotFoundError(queueName, id);
      if (state !== allowed) throw new JobStateError(queueName, id, state, allowed);
      try {
        await work(queue, stored);
      } catch (error) {
        // Somebody was faster.
        const now = await stateOf(queue, stored);
        if (now === null) throw new JobNotFoundError(queueName, id);
        if (now !== allowed) throw new JobStateError(queueName, id, now, allowed);
        throw error;
      }
    });

  return {
    job: (id) => bullMqQueue.use(async (queue) => picture(queue, await resolveId(id)), { again: true }),

    async jobs(named, page) {
      const { states, offset, limit } = resolveJobsPage(queueName, named, page);
      return bullMqQueue.use(
        async (queue) => {
          const found = new Map<string, JobState>();
          let skip = offset;
          for (const section of states.flatMap((state) => SECTIONS[state])) {
            const wanted = limit - found.size;
            if (wanted <= 0) break;
            const isAscending = section.state === 'waiting';
            const ids = await queue.getRanges([section.type], skip, skip + wanted - 1, isAscending);
            for (const id of ids) if (!found.has(id)) found.set(id, section.state);
            if (ids.length === 0 && skip > 0) {
              const counts = await queue.getJobCounts(section.type);
              skip = Math.max(0, skip - (counts[section.type] ?? 0));
            } else {
              skip = 0;
            }
          }
          const jobs = await Promise.all(
            [...found].map(async ([id, state]) => {
              const job = await queue.getJob(id);
              return job ? jobPicture(bullMqQueue, job, state) : null;
            }),
          );
          return jobs.filter((job) => job !== null);
        },
        { again: true },
      );
    },

    counts: () =>
      bullMqQueue.use(
        async (queue) => {
          const counts = await queue.getJobCounts(
            'wait',
            'prioritized',
            'delayed',
            'active',
            'completed',
            'failed',
          );
          const { wait = 0, prioritized = 0, delayed = 0, active = 0, completed = 0, failed = 0 } = counts;
          return { waiting: wait + prioritized, delayed, active, completed, failed };
        },
        { again: true },
      ),

    deduplicated: (deduplicationId) =>
      bullMqQueue.use(
        async (queue) => {
          const deduplicationKey = key(`de:${storedId(deduplicationId)}`);
          const stored = await context.connection.get(deduplicationKey);
          if (stored === null) return null;
          const [ttlMs, state] = await Promise.all([
            context.connection.pttl(deduplicationKey),
            stateOf(queue, stored),
          ]);
          // Without a time to live it goes with the job's end; BullMQ takes no notice of one that was left behind.
          const isPending = state !== null && state !== 'completed' && state !== 'failed';
          return ttlMs >= 0 || isPending ? callerId(stored) : null;
        },
        { again: true },
      ),

    logs: (id) =>
      bullMqQueue.use(async (queue) => (await queue.getJobLogs(await resolveId(id))).logs, { again: true }),

    retry: (id) =>
      inState(id, 'failed', async (queue, stored) => {
        await (await queue.getJob(stored))?.retry('failed');
      }),

    promote: (id) =>
      inState(id, 'delayed', async (queue, stored) => {
        await (await queue.getJob(stored))?.promote();
      }),

    remove: (id) =>
      bullMqQueue.use(async (queue) => {
        const stored = await resolveId(id);
        const state = await stateOf(queue, stored);
        if (state === null) return false;
        if (state === 'active') throw new JobStateError(queueName, id, state, 'any other');
        // Only this firing goes; its schedule stays and needs the next one.
        if (await isPendingFiring(bullMqQueue, stored)) await skipFiring(bullMqQueue, queue, stored);
        if ((await queue.remove(stored)) === 1) return true;
        throw new JobStateError(queueName, id, 'active', 'any other');
      }),

    async clean(state, options) {
      const { olderThanMs, limit } = resolveClean(queueName, state, options);
      return bullMqQueue.use(async (queue) => {
        // BullMQ takes 0 for no limit.
        const ids = limit === 0 ? [] : await queue.clean(olderThanMs, limit, state);
        return ids.map(callerId);
      });
    },
  };
}

/** The firings of schedules have ids that BullMQ made up; a caller's own id of that shape is stored encoded. */
export async function resolveStoredId({ key, context }: BullMqQueue, id: string): Promise<string> {
  return isFiringId(id) && (await context.connection.exists(key(id))) === 1 ? id : storedId(id);
}
