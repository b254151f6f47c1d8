import { defineQueue, type StandardSchema } from '@switchyard/queue-contract';

export interface Work {
  /** Whether its first attempt fails. */
  readonly failsFirst: boolean;
}

const work: StandardSchema<Work> = {
  '~standard': { version: 1, vendor: 'bench', validate: (value) => ({ value: value as Work }) },
};

/** The 11 queues of the app. Jobs are tried again after 100 ms, at most twice. */
export const appQueues = Array.from({ length: 11 }, (_, index) =>
  defineQueue({
    name: `queue-${index + 1}`,
    tier: 'medium',
    jobs: { work },
    defaults: { attempts: 3, backoff: { type: 'fixed', delayMs: 100 } },
  }),
);

export type AppQueueDefinition = (typeof appQueues)[number];
