import { BASELINE, contenders, type ContenderId } from './contender.js';
import { measureBurstCost, measureSparseCost } from './counted-cases.js';
import { measureIdle } from './idle-case.js';
import { measureLoss, type Loss } from './loss-case.js';
import type { Measurements } from './measurements.js';
import type { Sizes } from './sizes.js';
import { measureTimedRun, type TimedFigures } from './timed-cases.js';

type Progress = (line: string) => void;
type ByContender<Figures> = Partial<Record<ContenderId, Figures>>;

const all = contenders.map(({ id }) => id);
const oursAndStock: readonly ContenderId[] = [BASELINE, 'ours'];

/**
 * Counts first, all at the same time as the idle minutes, each on a Redis of its own: load does not change them. What
 * is timed comes after, alone, run by run, every contender once a run.
 */
export async function measure(sizes: Sizes, onProgress: Progress): Promise<Measurements> {
  onProgress(`counting commands and connections, idle for ${sizes.idleMs / 1000} s meanwhile`);
  const [idle, counted, marker, timer] = await Promise.all([
    forAll(all, 'parallel', (id) => measureIdle(id, sizes)),
    countJobs(sizes, onProgress),
    lose('marker', sizes, onProgress),
    lose('timer', sizes, onProgress),
  ]);
  const timed: ByContender<TimedFigures[]> = {};
  for (let run = 1; run <= sizes.runs; run++) {
    onProgress(`timing, run ${run} of ${sizes.runs}`);
    // Everybody is first once: whoever is first may find the machine cooler, whoever is last its caches warmer.
    const order = all.map((_, turn) => all[(turn + run) % all.length] ?? BASELINE);
    const figures = await measureTimedRun(order, oursAndStock, sizes);
    for (const id of all) if (figures[id]) (timed[id] ??= []).push(figures[id]);
  }
  return { idle, ...counted, timed, losses: { marker, timer } };
}

async function countJobs(sizes: Sizes, onProgress: Progress) {
  const sparseInstant = await forAll(all, 'in turn', (id) => measureSparseCost(id, 0, sizes));
  onProgress('counted sparse jobs with an instant handler');
  const sparse50Ms = await forAll(all, 'in turn', (id) => measureSparseCost(id, 50, sizes));
  onProgress('counted sparse jobs with a handler of 50 ms');
  const burst = await forAll(all, 'in turn', (id) => measureBurstCost(id, sizes));
  onProgress('counted the burst');
  return { sparseInstant, sparse50Ms, burst };
}

async function lose(loss: Loss, sizes: Sizes, onProgress: Progress): Promise<ByContender<number[]>> {
  const times: ByContender<number[]> = {};
  for (let count = 1; count <= sizes.losses; count++) {
    const round = await forAll(sizes.lossesOf, 'in turn', (id) => measureLoss(id, loss));
    for (const id of sizes.lossesOf) (times[id] ??= []).push(round[id] ?? Number.NaN);
    onProgress(`lost a ${loss} with its process, ${count} of ${sizes.losses}`);
  }
  return times;
}

async function forAll<Figures>(
  ids: readonly ContenderId[],
  order: 'parallel' | 'in turn',
  body: (id: ContenderId) => Promise<Figures>,
): Promise<ByContender<Figures>> {
  const figures: ByContender<Figures> = {};
  const one = async (id: ContenderId) => {
    figures[id] = await body(id);
  };
  if (order === 'parallel') await Promise.all(ids.map(one));
  else for (const id of ids) await one(id);
  return figures;
}
