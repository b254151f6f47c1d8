import type { ByContender, ContenderId } from './contender.js';
import { contendersOf, httpOperations, sdkStandsIn, type HttpOperation } from './http-operations.js';
import { CALLS_PER_WINDOW } from './limiter-batches.js';
import { CALLERS, STAMPEDE_CALLERS, type Sizes } from './sizes.js';
import type { Stage } from './stage.js';

/** Of one call, on average. */
export interface Cost {
  readonly billed: number;
  readonly roundTrips: number;
}

export interface Costs {
  /** Calls one after the other. */
  readonly alone: Partial<Record<HttpOperation, ByContender<Cost>>>;
  /** By 50 callers at once, who may share requests. */
  readonly together: Partial<Record<HttpOperation, ByContender<Cost>>>;
}

export interface StampedeFigures {
  /** Of one stampede, the most of all. */
  readonly fetches: number;
  readonly billed: number;
}

const STAMPEDE_FETCH_MS = 50;
const countedTogether: readonly HttpOperation[] = ['get', 'sliding', 'read-redis'];

export async function countCosts(stage: Stage, sizes: Sizes): Promise<Costs> {
  const alone: Partial<Record<HttpOperation, ByContender<Cost>>> = {};
  const together: typeof alone = {};
  for (const operation of Object.keys(httpOperations) as HttpOperation[]) {
    alone[operation] = await costsOf(stage, operation, callsOf(operation, sizes), 1);
  }
  for (const operation of countedTogether) {
    together[operation] = await costsOf(stage, operation, sizes.countedCalls, CALLERS);
  }
  return { alone, together };
}

export async function countStampedes(stage: Stage, sizes: Sizes): Promise<ByContender<StampedeFigures>> {
  const figures: ByContender<StampedeFigures> = {};
  for (const id of contendersOf('read-miss')) {
    let most: StampedeFigures = { fetches: 0, billed: 0 };
    for (let count = 0; count < sizes.stampedes; count++) {
      let fetches = 0;
      const { billed } = await stage.used(async () => {
        const args = { callers: STAMPEDE_CALLERS, fetchMs: STAMPEDE_FETCH_MS };
        ({ fetches } = await stage.contender(id).ask('stampede', args));
      });
      most = { fetches: Math.max(most.fetches, fetches), billed: Math.max(most.billed, billed) };
    }
    figures[id] = most;
  }
  return figures;
}

async function costsOf(
  stage: Stage,
  operation: HttpOperation,
  calls: number,
  callers: number,
): Promise<ByContender<Cost>> {
  const costs: ByContender<Cost> = {};
  for (const id of countedContenders(operation)) {
    const contender = stage.contender(id);
    await contender.ask('prepare', { operation, calls, isSlow: false });
    const { billed, roundTrips } = await stage.used(() => contender.ask('run', { calls, callers }));
    costs[id] = { billed: billed / calls, roundTrips: roundTrips / calls };
  }
  return costs;
}

function countedContenders(operation: HttpOperation): readonly ContenderId[] {
  return contendersOf(operation).filter((id) => !(id === 'sdk' && sdkStandsIn.has(operation)));
}

function callsOf(operation: HttpOperation, sizes: Sizes): number {
  switch (operation) {
    case 'sliding-bursts':
    case 'sliding-sparse':
      return CALLS_PER_WINDOW[operation] * sizes.countedWindows;
    case 'rejected':
    case 'rejected-no-memory':
      return sizes.countedRejections;
    default:
      return sizes.countedCalls;
  }
}
