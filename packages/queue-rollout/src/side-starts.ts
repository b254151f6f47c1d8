import { EngineUnavailableError } from '@switchyard/queue-contract';
import type { Action } from './decide.js';
import { isDoneWithin } from './is-done-within.js';
import type { Side } from './route.js';
import { onSide, type Sides } from './sides.js';
import type { SwitchedConsumer } from './switched-consumer.js';

type StartAction = Extract<Action, { type: 'carry-pause' | 'drop-pause' | 'start-consumer' }>;

/** Starts a queue's consumers, each side by itself: none waits for what the other's engine does. */
export interface SideStarts {
  /** Sides that were started when nobody could say whether the other one is paused. */
  readonly owesPause: Readonly<Record<Side, boolean>>;
  /**
   * Does what was decided to start a side, in order, and waits for them as long as a step may take; they go on after that.
   *
   * @throws what went wrong, now or after an earlier step had given up waiting
   */
  begin(side: Side, decided: readonly Action[]): Promise<void>;
  /** Whether anything that was begun on a side goes on. */
  isUnderWay(side: Side): boolean;
  /** A side is not consumed any more. */
  stopped(side: Side): void;
  /** Resolves when nothing goes on. */
  done(): Promise<void>;
}

export interface SideStartsContext {
  readonly active: () => readonly SwitchedConsumer[];
  /** How long a step waits for a start, and how long a start waits to hear whether the other side is paused, in ms. */
  readonly stepLimitMs: number;
  readonly pauseLimitMs: number;
  /** What a step had given up waiting for has come to an end. */
  readonly onLate: () => void;
}

export function createSideStarts(
  sides: Sides,
  { active, stepLimitMs, pauseLimitMs, onLate }: SideStartsContext,
): SideStarts {
  const owesPause: Record<Side, boolean> = { legacy: false, target: false };
  const underWay: Record<Side, Set<Promise<void>>> = { legacy: new Set(), target: new Set() };
  /** Sides that wait to hear whether they are to be paused. */
  const asking = new Set<Side>();
  const problems: Record<Side, unknown[]> = { legacy: [], target: [] };

  const carryPause = async (from: Side, to: Side): Promise<void> => {
    owesPause[to] = true;
    const isPaused = onSide(sides, from).control.isPaused();
    try {
      if (!(await isDoneWithin(isPaused, pauseLimitMs))) return void isPaused.catch(() => {});
    } catch (error) {
      // It has gone away just now: it is asked when it is back.
      if (error instanceof EngineUnavailableError) return;
      throw error;
    }
    if (await isPaused) await onSide(sides, to).control.pause();
    owesPause[to] = false;
  };

  const carryOut = async (action: StartAction): Promise<void> => {
    if (action.type === 'carry-pause') {
      asking.add(action.to);
      return carryPause(action.from, action.to).finally(() => asking.delete(action.to));
    }
    if (action.type === 'drop-pause') {
      owesPause[action.side] = false;
      return;
    }
    if (action.owesPause) owesPause[action.side] = true;
    await Promise.all(active().map((consumer) => consumer.start(action.side)));
  };

  return {
    owesPause,
    async begin(side, decided) {
      const actions = decided.filter(isStart).filter((action) => sideOfStart(action) === side);
      const begun = async (): Promise<void> => {
        for (const action of actions) await carryOut(action);
      };
      if (actions.length > 0 && !asking.has(side)) {
        const work = begun().catch((error: unknown) => void problems[side].push(error));
        underWay[side].add(work);
        void work.then(() => underWay[side].delete(work));
        if (!(await isDoneWithin(work, stepLimitMs))) void work.then(onLate);
      }
      const [problem] = problems[side].splice(0);
      if (problem !== undefined) throw problem;
    },
    isUnderWay: (side) => underWay[side].size > 0,
    stopped(side) {
      owesPause[side] = false;
    },
    async done() {
      await Promise.all([...underWay.legacy, ...underWay.target]);
    },
  };
}

export function isStart(action: Action): action is StartAction {
  return ['carry-pause', 'drop-pause', 'start-consumer'].includes(action.type);
}

function sideOfStart(action: StartAction): Side {
  return action.type === 'carry-pause' ? action.to : action.side;
}
