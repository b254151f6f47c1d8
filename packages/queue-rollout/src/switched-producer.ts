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
import type { Identity, Placement } from './placements.js';
import { route, type Side } from './route.js';
import { onSide, SIDES, type Sides } from './sides.js';

/** A job with the id it will have, whichever engine it goes to. */
interface RoutedJob {
  readonly job: NewJob<Record<string, never>>;
  /** By what its caller named it, and where the flags send it. */
  readonly identity: Identity;
}

/**
 * Sends every add to exactly one engine. A job without an id gets one that is unique on both; one with an id, or a
 * de-duplication id, that the other engine still holds is that same job.
 *
 * Many jobs in one call may go to both engines, legacy first. When the second of them is unavailable, what went to the
 * first stays queued; as with one engine, ids make it safe to call again.
 */
export function createSwitchedProducer(
  sides: Sides,
  targetShare: () => number,
  place: (identities: readonly Identity[]) => Promise<readonly Placement[]>,
  adding: <T>(side: Side, add: () => Promise<T>) => Promise<T>,
): JobProducer {
  const { definition } = sides.target;

  const flaggedSide = async (name: string, data: unknown, key: string): Promise<Side> => {
    const share = targetShare();
    if (!definition.routingKey || share <= 0 || share >= 100) return route(definition.name, key, share);
    await parsePayload(definition, name, data);
    return route(definition.name, definition.routingKey({ name, data }), share);
  };

  const routed = async (name: string, data: unknown, options: JobOptions = {}): Promise<RoutedJob> => {
    const { id: callersId, deduplication } = options;
    const id = callersId ?? randomUUID();
    const job = { name, data, options: { ...options, id } } as RoutedJob['job'];
    const side = await flaggedSide(name, data, deduplication?.id ?? id);
    return { job, identity: { id: callersId, deduplication, side } };
  };

  /** What is no new job is checked all the same, and answered under its caller's name, as its engine would have. */
  const known = async ({ job }: RoutedJob, id: string): Promise<JobReference> => {
    await check(definition, job);
    return { id, name: job.name, queue: definition.name };
  };

  return {
    async add(name, data, options) {
      const item = await routed(name, data, options);
      checkOptions(definition, options);
      const [{ side, sameAs }] = (await place([item.identity])) as [Placement];
      if (sameAs !== null) return known(item, sameAs) as Promise<JobReference<typeof name>>;
      return adding(side, () => onSide(sides, side).producer.add(name, data, item.job.options));
    },
    async addMany(jobs) {
      const all = await Promise.all(jobs.map(({ name, data, options }) => routed(name, data, options)));
      for (const { options } of jobs) checkOptions(definition, options);
      const placements = await place(all.map(({ identity }) => identity));
      const goesTo = (side: Side): readonly RoutedJob[] =>
        all.filter((_, index) => placements[index]!.sameAs === null && placements[index]!.side === side);
      // Each engine checks its own jobs, which would be too late for those of the other.
      if (!SIDES.some((side) => goesTo(side).length === all.length)) {
        for (const { job } of all) await check(definition, job);
      }
      const references = new Map<RoutedJob, JobReference>();
      for (const side of SIDES) {
        const items = goesTo(side);
        if (items.length === 0) continue;
        const add = () => onSide(sides, side).producer.addMany(items.map(({ job }) => job));
        const added = await adding(side, add);
        for (const [index, reference] of added.entries()) references.set(items[index]!, reference);
      }
      return Promise.all(
        all.map((item, index) => references.get(item) ?? known(item, placements[index]!.sameAs!)),
      );
    },
  };
}

/** Before anybody is asked about its ids. @throws InvalidOptionError */
function checkOptions(
  { name, defaults = {}, priorities = false }: QueueDefinition,
  options: JobOptions | undefined,
): void {
  resolveJobOptions(`queue "${name}"`, defaults, priorities, options);
}

/** What every engine checks before it adds. @throws InvalidPayloadError, UnknownJobNameError, InvalidOptionError */
async function check(
  definition: QueueDefinition,
  { name, data, options }: { readonly name: string; readonly data: unknown; readonly options?: JobOptions },
): Promise<void> {
  await parsePayload(definition, name, data);
  checkOptions(definition, options);
  try {
    JSON.stringify(data);
  } catch (error) {
    throw new InvalidPayloadError(definition.name, name, `no JSON: ${String(error)}`);
  }
}
