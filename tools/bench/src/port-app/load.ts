import type { AppQueue } from './open-port-app.js';

/** Adds jobs with ids of its own, and tells of each whether the queue took it. */
export interface Load {
  /** A job for each queue every `everyMs`, whether the ones before were answered or not. */
  start(everyMs: number): void;
  /** Resolves when everything under way was answered or refused. */
  stop(): Promise<void>;
  /** So many jobs for each queue, in bulk. */
  burst(jobsPerQueue: number): Promise<void>;
}

export interface LoadListeners {
  added(ids: readonly string[]): void;
  refused(ids: readonly string[]): void;
}

const BULK = 500;
const DELAY_MS = 300;

type NewAppJob = Parameters<AppQueue['producer']['addMany']>[0][number];

export function createLoad(queues: readonly AppQueue[], idPrefix: string, listeners: LoadListeners): Load {
  const underWay = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let number = 0;

  const track = (ids: readonly string[], adding: Promise<unknown>): Promise<void> => {
    const tracked = adding
      .then(
        () => listeners.added(ids),
        () => listeners.refused(ids),
      )
      .finally(() => underWay.delete(tracked));
    underWay.add(tracked);
    return tracked;
  };

  /** Of ten jobs one is delayed and one fails the first time, so that timers and retries meet outages as well. */
  const nextJob = (): NewAppJob & { readonly options: { readonly id: string } } => {
    number += 1;
    return {
      name: 'work',
      data: { failsFirst: number % 10 === 3 },
      options: { id: `${idPrefix}-${number}`, ...(number % 10 === 7 && { delayMs: DELAY_MS }) },
    };
  };

  /** Every tenth add is one of three at once. */
  const addTo = (queue: AppQueue): void => {
    if (number % 10 === 5) {
      const jobs = [nextJob(), nextJob(), nextJob()];
      const ids = jobs.map(({ options }) => options.id);
      void track(ids, queue.producer.addMany(jobs));
    } else {
      const { name, data, options } = nextJob();
      void track([options.id], queue.producer.add(name, data, options));
    }
  };

  return {
    start(everyMs) {
      let turn = 0;
      // Queue by queue: eleven adds at the same moment would be a burst eleven times a second.
      timer = setInterval(() => {
        const queue = queues[turn++ % queues.length];
        if (queue) addTo(queue);
      }, everyMs / queues.length);
    },
    async stop() {
      clearInterval(timer);
      while (underWay.size > 0) await Promise.all(underWay);
    },
    async burst(jobsPerQueue) {
      await Promise.all(
        queues.map(async (queue) => {
          for (let left = jobsPerQueue; left > 0; left -= BULK) {
            const jobs = Array.from({ length: Math.min(left, BULK) }, nextJob);
            const ids = jobs.map(({ options }) => options.id);
            await track(ids, queue.producer.addMany(jobs));
          }
        }),
      );
    },
  };
}
