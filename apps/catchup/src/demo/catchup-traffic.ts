import { setTimeout as sleep } from 'node:timers/promises';
import { UNNAMED_JOB, type JobOptions, type QueueDefinition } from '@switchyard/queue-contract';
import type { QueueProvider } from '../queues/app-queue.js';
import { appQueues } from '../queues/index.js';
import type { AcceptedJob } from './account.js';
import { kindOf, type JobKind } from './job-kinds.js';
import { traffic } from './traffic.js';

const BETWEEN_ADDS_MS = 110;
const ADD_MANY_EVERY = 15;
const ADD_MANY_COUNT = 4;
const LATENCY_MS = 30;
const MAX_DELAY_MS = 4000;

export interface CatchUpTraffic {
  /** Resolves when the last add was answered. */
  stop(): Promise<void>;
}

/** Adds jobs the way CatchUp does, one queue after another, without knowing which engine takes them. */
export function startTraffic(
  queues: QueueProvider,
  onAccepted: (jobs: readonly AcceptedJob[]) => void,
  onProblem: (error: Error) => void,
): CatchUpTraffic {
  let stopping = false;
  const adding = (async () => {
    for (let n = 0; !stopping; n++) {
      const app = appQueues[n % appQueues.length];
      const count = n % ADD_MANY_EVERY === 0 ? ADD_MANY_COUNT : 1;
      if (app)
        await add(queues, app.definition, Math.floor(n / appQueues.length), count).then(
          onAccepted,
          onProblem,
        );
      await sleep(BETWEEN_ADDS_MS);
    }
  })();
  return {
    stop: () => {
      stopping = true;
      return adding;
    },
  };
}

async function add(
  queues: QueueProvider,
  definition: QueueDefinition,
  round: number,
  count: number,
): Promise<AcceptedJob[]> {
  const { producer } = queues.queue(definition);
  const known = traffic.find(({ name }) => name === definition.name);
  if (!known) throw new Error(`no traffic for ${definition.name}`);
  const planned = Array.from({ length: count }, (_, k) => {
    const n = round + k;
    const priorities = definition.priorities ?? false;
    const kind = kindOf(n, { latencyMs: LATENCY_MS, maxDelayMs: MAX_DELAY_MS, priorities });
    const name = known.jobNames[n % known.jobNames.length] ?? UNNAMED_JOB;
    return { kind, name, data: known.payload(n, Date.now(), kind.remote), options: portOptions(kind) };
  });
  const [only] = planned;
  const added =
    planned.length === 1 && only
      ? [await producer.add(only.name, only.data, only.options)]
      : await producer.addMany(planned.map(({ name, data, options }) => ({ name, data, options })));
  return added.map(({ id }, index) => {
    const { meant, calls } = (planned[index] as (typeof planned)[number]).kind;
    return { queue: definition.name, id, meant, calls };
  });
}

function portOptions({ attempts, backoffMs, delayMs, priority }: JobKind): JobOptions {
  return {
    attempts,
    ...(backoffMs !== undefined && { backoff: { type: 'fixed', delayMs: backoffMs } }),
    ...(delayMs !== undefined && { delayMs }),
    ...(priority !== undefined && { priority }),
  };
}
