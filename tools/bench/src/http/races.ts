import type { ByContender } from './contender.js';
import type { RaceFigures } from './contender-operations.js';
import { racedAlgorithms, type RacedAlgorithm } from './http-operations.js';
import { CALLERS, RACED_WINDOWS, RACE_LIMIT, type Sizes } from './sizes.js';
import type { Stage } from './stage.js';

export interface Races {
  /** As they come. */
  readonly remembering: Record<RacedAlgorithm, ByContender<RaceFigures>>;
  /** Every call asks Redis, as if each were of another process. */
  readonly asking: Record<RacedAlgorithm, ByContender<RaceFigures>>;
}

export async function raceLimiters(stage: Stage, sizes: Sizes): Promise<Races> {
  return { remembering: await raceAll(stage, sizes, true), asking: await raceAll(stage, sizes, false) };
}

async function raceAll(stage: Stage, sizes: Sizes, hasMemory: boolean): Promise<Races['asking']> {
  const figures: Races['asking'] = { sliding: {}, lease: {}, fixed: {}, token: {} };
  for (const algorithm of Object.keys(racedAlgorithms) as RacedAlgorithm[]) {
    for (const id of racedAlgorithms[algorithm].of) {
      figures[algorithm][id] = await stage.contender(id).ask('race', {
        algorithm,
        rule: { limit: RACE_LIMIT, windowMs: sizes.raceWindowMs, hasMemory },
        callers: CALLERS,
        durationMs: RACED_WINDOWS * sizes.raceWindowMs,
      });
    }
  }
  return figures;
}
