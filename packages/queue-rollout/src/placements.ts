import { EngineUnavailableError, type JobOptions } from '@switchyard/queue-contract';
import { hasEnded } from './find-holder.js';
import { otherSide, type Side } from './route.js';
import { onSide, SIDES, type Sides } from './sides.js';

/** An add, by the ids under which the queue may know its job already, and where it would go. */
export interface Identity extends Pick<JobOptions, 'id' | 'deduplication'> {
  readonly side: Side;
}

export interface Placement {
  readonly side: Side;
  /** The id of the job that it is already, on the other side. */
  readonly sameAs: string | null;
}

export interface PlacementContext {
  /** Whether a side may hold work at this time. */
  readonly mayHoldWork: (side: Side) => Promise<boolean>;
  /** Whether jobs are known to be on a side, or to be on their way there. */
  readonly isOpen: (side: Side) => boolean;
  /** Jobs go to a side, wherever the flags of this process send them. */
  readonly expectWork: (side: Side) => void;
  /** Whether a look has just found an engine to be away. */
  readonly isAway: (side: Side) => boolean;
  /** Asks for a look, which tells of an engine that is away. */
  readonly wake: () => void;
}

/**
 * How long those who add under one id follow the first of them. Longer than an add takes, be it that the store comes
 * back at the last moment; short, since adds under an id that is in use go on to where they went for so long.
 */
const CLAIM_MS = 15_000;

/**
 * Decides where adds go that name a job by an id of the caller's, so that processes with different flags never queue
 * one such job on both engines.
 *
 * First the id is claimed for a side, in the target's store, whichever side it is: whoever finds it claimed goes where
 * the first went, and that engine itself knows its ids. Only then is the other side searched for a job that is pending
 * there: one that was added before the claim is found by that, and one added later follows the claim. This holds as
 * long as no add takes longer than a claim lasts. Should the two ids of one job be claimed for different sides, it
 * follows its de-duplication id.
 *
 * Costs two commands for each id while the other side is empty: the claim and a look. Without ids it costs nothing.
 */
export function createPlacements(
  sides: Sides,
  { mayHoldWork, isOpen, expectWork, isAway, wake }: PlacementContext,
): (identities: readonly Identity[]) => Promise<readonly Placement[]> {
  const { claims } = sides.target;

  /** An engine without work keeps nobody from adding to the other while it is away. */
  const unlessAway = async <T>(side: Side, ask: () => Promise<T>, otherwise: T): Promise<T> => {
    if (isAway(side) && !isOpen(side)) return otherwise;
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof EngineUnavailableError) || isOpen(side)) throw error;
      wake();
      return otherwise;
    }
  };

  /** Claims what each is known by for a side, and notes who holds it. */
  const claim = async (
    holders: Map<string, Side>,
    keys: readonly { readonly key: string; readonly side: Side }[],
  ): Promise<void> => {
    for (const side of SIDES) {
      const ofSide = keys.filter((each) => each.side === side).map(({ key }) => key);
      if (ofSide.length === 0) continue;
      const held = await unlessAway('target', () => claims.claim(ofSide, side, CLAIM_MS), []);
      for (const [index, holder] of held.entries()) {
        holders.set(ofSide[index]!, holder === 'target' ? 'target' : 'legacy');
      }
    }
  };

  /** Where each goes, by what the first said who added under one of its ids. */
  const claimed = async (identities: readonly Identity[]): Promise<readonly Side[]> => {
    const holders = new Map<string, Side>();
    const sideBy = (keyOf: (identity: Identity) => string | undefined, identity: Identity) =>
      holders.get(keyOf(identity) ?? '') ?? identity.side;
    const keysBy = (keyOf: (identity: Identity) => string | undefined) =>
      identities.flatMap((identity) => {
        const key = keyOf(identity);
        return key === undefined ? [] : [{ key, side: sideBy(deduplicationKey, identity) }];
      });
    // In this order: jobs with ids of their own may be one by their de-duplication id, and an id that is claimed for
    // where that one is will be found there.
    await claim(holders, keysBy(deduplicationKey));
    await claim(holders, keysBy(idKey));
    return identities.map((identity) => {
      const key = [deduplicationKey(identity), idKey(identity)].find((each) => each && holders.has(each));
      return (key === undefined ? undefined : holders.get(key)) ?? identity.side;
    });
  };

  return async (identities) => {
    if (!sides.legacy) return identities.map(({ side }) => ({ side, sameAs: null }));
    const goTo = await claimed(identities);
    const mayHold = onceASide(mayHoldWork);

    const sameAs = async ({ id, deduplication }: Identity, other: Side): Promise<string | null> => {
      const { inspector } = onSide(sides, other);
      if (id !== undefined && (await mayHold(other))) {
        const job = await inspector.job(id);
        if (job && !hasEnded(job)) return id;
      }
      if (deduplication === undefined) return null;
      // Asked of an empty side, too: with a time to live it outlives its job.
      return unlessAway(other, () => inspector.deduplicated(deduplication.id), null);
    };

    return Promise.all(
      identities.map(async (identity, index) => {
        const side = goTo[index]!;
        if (identity.id === undefined && identity.deduplication === undefined) return { side, sameAs: null };
        if (!isOpen(side)) expectWork(side);
        return { side, sameAs: await sameAs(identity, otherSide(side)) };
      }),
    );
  };
}

function idKey({ id }: Identity): string | undefined {
  return id === undefined ? undefined : `id:${id}`;
}

function deduplicationKey({ deduplication }: Identity): string | undefined {
  return deduplication === undefined ? undefined : `deduplication:${deduplication.id}`;
}

function onceASide(ask: (side: Side) => Promise<boolean>): (side: Side) => Promise<boolean> {
  const answers = new Map<Side, Promise<boolean>>();
  return (side) => {
    const answer = answers.get(side) ?? ask(side);
    answers.set(side, answer);
    return answer;
  };
}
