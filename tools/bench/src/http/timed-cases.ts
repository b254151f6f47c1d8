import { percentile } from '../statistics.js';
import type { ByContender, ContenderId } from './contender.js';
import { contendersOf, timedOperations, type TimedOperation } from './http-operations.js';
import { CALLERS, type Sizes } from './sizes.js';
import type { Ran } from './contender-operations.js';
import type { Stage } from './stage.js';

/** What one run times of one operation, for one contender. */
export interface Timing {
  /** By one caller. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly perSecond: number;
  /** By 50 callers at once. */
  readonly perSecondTogether: number;
}

export type TimedRun = Record<TimedOperation, ByContender<Timing>>;

interface Load {
  readonly isSlow: boolean;
  readonly calls: number;
  readonly callers: number;
}

/** So that nothing is timed that has run cold. */
export async function warmUp(stage: Stage, sizes: Sizes): Promise<void> {
  for (const operation of timedOperations) {
    for (const id of contendersOf(operation)) {
      for (const callers of [1, CALLERS]) {
        await runBatch(stage, id, operation, { isSlow: false, calls: sizes.warmUpCalls, callers });
      }
    }
  }
}

/**
 * One run: every operation of every contender. They take turns within each operation, in parts, so that whatever else
 * the machine does hits all of them alike. Only one of them works at a time.
 *
 * @param turn which contender is first, so that everybody is once
 */
export async function timeRun(stage: Stage, sizes: Sizes, isSlow: boolean, turn: number): Promise<TimedRun> {
  const run: Partial<TimedRun> = {};
  await stage.setSlow(isSlow);
  for (const operation of timedOperations) {
    const ids = contendersOf(operation);
    const inTurn = ids.map((_, index) => ids[(index + turn) % ids.length] as ContenderId);
    const slowCalls = sizes.slowCallsOf[operation] ?? sizes.slowCalls;
    const alone = await takeTurns(stage, sizes.parts, inTurn, operation, {
      isSlow,
      calls: isSlow ? slowCalls : sizes.calls,
      callers: 1,
    });
    const together = await takeTurns(stage, sizes.parts, inTurn, operation, {
      isSlow,
      calls: isSlow ? sizes.slowConcurrentCalls : sizes.concurrentCalls,
      callers: CALLERS,
    });
    run[operation] = Object.fromEntries(inTurn.map((id) => [id, timing(alone[id], together[id])]));
  }
  await stage.setSlow(false);
  return run as TimedRun;
}

async function takeTurns(
  stage: Stage,
  parts: number,
  ids: readonly ContenderId[],
  operation: TimedOperation,
  load: Load,
): Promise<ByContender<Ran[]>> {
  const ran: ByContender<Ran[]> = {};
  const calls = Math.ceil(load.calls / parts);
  for (let part = 0; part < parts; part++) {
    for (const id of ids) (ran[id] ??= []).push(await runBatch(stage, id, operation, { ...load, calls }));
  }
  return ran;
}

/** A round of all callers goes ahead untimed: their connections are open then. */
async function runBatch(stage: Stage, id: ContenderId, operation: TimedOperation, load: Load): Promise<Ran> {
  const { isSlow, calls, callers } = load;
  const contender = stage.contender(id);
  await contender.ask('prepare', { operation, calls: callers + calls, isSlow });
  await contender.ask('run', { calls: callers, callers });
  return contender.ask('run', { calls, callers });
}

function timing(alone: readonly Ran[] = [], together: readonly Ran[] = []): Timing {
  const latenciesMs = alone.flatMap((one) => one.latenciesMs);
  return {
    p50Ms: percentile(latenciesMs, 0.5),
    p95Ms: percentile(latenciesMs, 0.95),
    perSecond: perSecond(alone),
    perSecondTogether: perSecond(together),
  };
}

function perSecond(all: readonly Ran[]): number {
  const calls = all.reduce((sum, { latenciesMs }) => sum + latenciesMs.length, 0);
  const durationMs = all.reduce((sum, one) => sum + one.durationMs, 0);
  return (calls * 1000) / durationMs;
}
