import {
  parsePayload,
  type JobOptions,
  type JobProducer,
  type JobReference,
  type NewJob,
} from '@switchyard/queue-contract';
import { randomUUID } from 'node:crypto';
import { otherSide, route, type Side } from './route.js';
import { onSide, type Sides } from './sides.js';

/** A job with the id it will have, whichever engine it goes to. */
interface RoutedJob {
  readonly job: NewJob<Record<string, never>>;
  readonly side: Side;
}

/**
 * Sends every add to exactly one engine. A job without an id gets one that is unique on both; one with an id that
 * the other engine still holds, not yet ended, is that same job.
 *
 * @param isOpen whether a side may hold work at this time
 */
export function createSwitchedProducer(
  sides: Sides,
  targetShare: () => number,
  isOpen: (side: Side) => boolean,
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
    return { job, side: await sideOf(name, data, id) };
  };

  const pendingElsewhere = async (id: string | undefined, side: Side): Promise<JobReference | null> => {
    const other = otherSide(side);
    if (id === undefined || !sides.legacy || !isOpen(other)) return null;
    const job = await onSide(sides, other).inspector.job(id);
    if (!job || job.state === 'completed' || job.state === 'failed') return null;
    return { id, name: job.name, queue: job.queue };
  };

  return {
    async add(name, data, options) {
      const { job, side } = await routed(name, data, options);
      const pending = await pendingElsewhere(options?.id, side);
      return pending ?? onSide(sides, side).producer.add(name, data, job.options);
    },
    async addMany(jobs) {
      const all = await Promise.all(jobs.map(({ name, data, options }) => routed(name, data, options)));
      const references = new Map<RoutedJob, JobReference>();
      for (const [index, item] of all.entries()) {
        const pending = await pendingElsewhere(jobs[index]?.options?.id, item.side);
        if (pending) references.set(item, pending);
      }
      for (const side of ['legacy', 'target'] as const) {
        const items = all.filter((item) => item.side === side && !references.has(item));
        if (items.length === 0) continue;
        const added = await onSide(sides, side).producer.addMany(items.map(({ job }) => job));
        for (const [index, reference] of added.entries()) references.set(items[index]!, reference);
      }
      return all.map((item) => references.get(item)!);
    },
  };
}
