import { countCosts, countStampedes } from './counted-cases.js';
import type { Measurements } from './measurements.js';
import { raceLimiters } from './races.js';
import { SLOW_MS, type Sizes } from './sizes.js';
import { onStage } from './stage.js';
import { timeRun, warmUp, type TimedRun } from './timed-cases.js';

/** Warms everything up, counts, races, and then times, run by run. */
export function measure(sizes: Sizes, onProgress: (line: string) => void): Promise<Measurements> {
  return onStage(async (stage) => {
    onProgress('warming up');
    await warmUp(stage, sizes);
    onProgress('counting commands and round trips');
    const costs = await countCosts(stage, sizes);
    const stampede = await countStampedes(stage, sizes);
    onProgress('racing limiters');
    const races = await raceLimiters(stage, sizes);
    const prompt: TimedRun[] = [];
    const slow: TimedRun[] = [];
    for (let run = 0; run < sizes.runs; run++) {
      onProgress(`timing, run ${run + 1} of ${sizes.runs}, 0 ms`);
      prompt.push(await timeRun(stage, sizes, false, run));
      if (run >= sizes.slowRuns) continue;
      onProgress(`timing, run ${run + 1} of ${sizes.slowRuns}, ${SLOW_MS} ms`);
      slow.push(await timeRun(stage, sizes, true, run));
    }
    return { connections: stage.connections, costs, stampede, races, prompt, slow };
  });
}
