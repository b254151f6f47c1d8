import type { ReportError } from '@switchyard/queue-contract';
import { coalesced } from './coalesced.js';
import { isDoneWithin } from './is-done-within.js';
import type { RolloutQueue } from './rollout-queue.js';
import type { Side } from './route.js';
import { onSide, type Engines } from './sides.js';

/** Asks engines which queues they hold work of, and knows which of them can be asked. */
export interface EngineAsks {
  /** Asks an engine, unless it is being asked, or has just answered late. Waits for it as long as the limit. */
  ask(side: Side, limitMs: number): Promise<void>;
  /** Something has changed: an answer that is under way, or came late, is of before. */
  changed(): void;
  /** Whether an engine could not be asked when it was last tried, or has not answered for long. */
  isAway(side: Side): boolean;
  /** Whether what it answered last is all there is to know: it could be asked, and is not being asked. */
  isUpToDate(side: Side): boolean;
  /** Whether any could not be asked, and nobody waits for its answer. */
  readonly isToAskAgain: boolean;
  /** One could not be asked. Told once an outage: when it answers, that is over. */
  failed(side: Side, error: Error): void;
}

export interface EngineAsksContext {
  readonly engines: Engines;
  readonly queues: ReadonlyMap<string, RolloutQueue>;
  readonly isRunning: () => boolean;
  readonly reportError: ReportError;
  /** Holds a close up until the work has ended. */
  readonly tracked: <T>(work: Promise<T>) => Promise<T>;
  /** An engine has answered when nobody waited any more. */
  readonly onLate: () => void;
}

/** How long one that is known to be away is waited for, in ms, however long others are. */
const AWAY_LIMIT_MS = 1000;
/** After how long without an answer an engine counts as away, in ms. */
const SILENCE_LIMIT_MS = 5000;

export function createEngineAsks(context: EngineAsksContext): EngineAsks {
  const { engines, queues, isRunning, reportError, tracked, onLate } = context;
  const failing = new Set<Side>();
  const askingSinceMs = new Map<Side, number>();
  /** Sides whose engine has answered late: that is what the next look would ask for. */
  const answered = new Set<Side>();
  let changes = 0;

  const failed = (side: Side, error: Error): void => {
    if (!failing.has(side)) reportError(error, { engine: onSide(engines, side).name });
    failing.add(side);
  };

  const askEngine = async (side: Side): Promise<void> => {
    const asked = [...queues]
      .filter(([, queue]) => queue.sidesToAsk().includes(side))
      .map(([name, queue]) => ({ name, queue, moment: queue.momentOf(side) }));
    if (asked.length === 0 || !isRunning()) return;
    try {
      const withWork = await onSide(engines, side).withWork(asked.map(({ name }) => name));
      for (const { name, queue, moment } of asked) queue.observed(side, withWork.has(name), moment);
      failing.delete(side);
    } catch (error) {
      failed(side, error as Error);
    }
  };
  const askers = {
    legacy: coalesced(() => tracked(askEngine('legacy'))),
    target: coalesced(() => tracked(askEngine('target'))),
  };

  return {
    async ask(side, limitMs) {
      if (askingSinceMs.has(side) || answered.delete(side)) return;
      askingSinceMs.set(side, performance.now());
      const changesBefore = changes;
      const answer = askers[side]().then(() => askingSinceMs.delete(side));
      if (await isDoneWithin(answer, failing.has(side) ? Math.min(limitMs, AWAY_LIMIT_MS) : limitMs)) return;
      void answer.then(() => {
        if (changes === changesBefore) answered.add(side);
        onLate();
      });
    },
    changed() {
      changes += 1;
      answered.clear();
    },
    isAway: (side) =>
      failing.has(side) || performance.now() - (askingSinceMs.get(side) ?? Infinity) > SILENCE_LIMIT_MS,
    isUpToDate: (side) => !failing.has(side) && !askingSinceMs.has(side),
    get isToAskAgain() {
      return [...failing].some((side) => !askingSinceMs.has(side));
    },
    failed,
  };
}
