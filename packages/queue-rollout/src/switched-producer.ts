import {
  InvalidPayloadError,
  parsePayload,
  resolveJobOptions,
  type JobOptions,
  type JobProducer,
  type JobReference,
  type NewJob,
  type QueueDefinition,
} from '@switchyard/queue-contract';
import { randomUUID } from 'node:crypto';
import { otherSide, route, type Side } from './route.js';
import { onSide, SIDES, type Sides } from './sides.js';

/** A job with the id it will have, whichever engine it goes to. */
interface RoutedJob {
  readonly job: NewJob<Record<string, never>>;
  readonly side: Side;
}

/**
 * Sends every add to exactly one engine. A job without an id gets one that is unique on both; one with an id that
 * the other engine still holds, not yet ended, is that same job.
 *
 * @param mayHoldWork whether a side may hold work at this time
 */
export function createSwitchedProducer(
  sides: Sides,
  targetShare: () => number,
  mayHoldWork: (side: Side) => Promise<boolean>,
): JobProducer {
  const { definition } = sides.target;

  const sideOf = async (name: string, data: unknown, id: string): Promise<Side> => {
    const share = targetShare();
    if (!definition.routingKey || share <= 0 || share >= 100) return route(definition.name, id, share);
    await parsePayload(definition, name, data);
    return route(definition.name, definition.routingKey({ name, data }), share);
  };

  const routed = async (name: string, data: unknown, options: JobOptions = {}): Promise<RoutedJob> => {
    const id = options.id ?? randomUUID();
    const job = { name, data, options: { ...options, id } } as RoutedJob['job'];
    // An engine recognises a de-duplication id only among its own: adds under one go the same way.
    return { job, side: await sideOf(name, data, options.deduplication?.id ?? id) };
  };

  const pendingElsewhere = async (
    id: string | undefined,
    side: Side,
    mayHold = mayHoldWork,
  ): Promise<JobReference | null> => {
    const other = otherSide(side);
    if (id === undefined || !sides.legacy || !(await mayHold(other))) return null;
    const job = await onSide(sides, other).inspector.job(id);
    if (!job || job.state === 'completed' || job.state === 'failed') return null;
    return { id, name: job.name, queue: job.queue };
  };

  return {
    async add(name, data, options) {
      const { job, side } = await routed(name, data, options);
      const pending = await pendingElsewhere(options?.id, side);
      return pending ? { ...pending, name } : onSide(sides, side).producer.add(name, data, job.options);
    },
    async addMany(jobs) {
      const all = together(
        await Promise.all(jobs.map(({ name, data, options }) => routed(name, data, options))),
      );
      // Each engine checks its own jobs, which would be too late for those of the other.
      if (SIDES.every((side) => all.some((item) => item.side === side))) {
        for (const { job } of all) await check(definition, job);
      }
      const mayHold = onceASide(mayHoldWork);
      const references = new Map<RoutedJob, JobReference>();
      for (const [index, item] of all.entries()) {
        const pending = await pendingElsewhere(jobs[index]?.options?.id, item.side, mayHold);
        if (pending) references.set(item, pending);
      }
      for (const side of SIDES) {
        const items = all.filter((item) => item.side === side && !references.has(item));
        if (items.length === 0) continue;
        const added = await onSide(sides, side).producer.addMany(items.map(({ job }) => job));
        for (const [index, reference] of added.entries()) references.set(items[index]!, reference);
      }
      return all.map((item) => references.get(item)!);
    },
  };
}

/** Jobs of one id are one job: they go where the first of them goes. */
function together(items: readonly RoutedJob[]): readonly RoutedJob[] {
  const sideOfId = new Map<string | undefined, Side>();
  return items.map(({ job, side: ownSide }) => {
    const side = sideOfId.get(job.options?.id) ?? ownSide;
    sideOfId.set(job.options?.id, side);
    return { job, side };
  });
}

function onceASide(ask: (side: Side) => Promise<boolean>): (side: Side) => Promise<boolean> {
  const answers = new Map<Side, Promise<boolean>>();
  return (side) => {
    const answer = answers.get(side) ?? ask(side);
    answers.set(side, answer);
    return answer;
  };
}

/** What every engine checks before it adds. @throws InvalidPayloadError, UnknownJobNameError, InvalidOptionError */
async function check(
  definition: QueueDefinition,
  { name, data, options }: { readonly name: string; readonly data: unknown; readonly options?: JobOptions },
): Promise<void> {
  await parsePayload(definition, name, data);
  const { defaults = {}, priorities = false } = definition;
  resolveJobOptions(`queue "${definition.name}"`, defaults, priorities, options);
  try {
    JSON.stringify(data);
  } catch (error) {
    throw new InvalidPayloadError(definition.name, name, `no JSON: ${String(error)}`);
  }
}
