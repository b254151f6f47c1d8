import type { Case } from '../benchmark.js';
import type { ProcessSample } from '../port-app/app-operations.js';
import { slope } from '../statistics.js';
import type { LoadRun } from './load-run.js';

/** The one contender: all three processes together, where nothing else is said. */
export const CONTENDER = 'rollout';

const MB = 1024 * 1024;

export function casesOf(run: LoadRun): Case[] {
  const { account, samples } = run;
  const one = (name: string, title: string, unit: string, value: number | undefined): Case => ({
    name,
    title,
    unit,
    quietMachineOnly: unit === 'jobs/s',
    figures: value === undefined || !Number.isFinite(value) ? {} : { [CONTENDER]: value },
  });
  const { waiting = 0, active = 0, delayed = 0, failed = 0 } = run.counts;
  const end = (of: (sample: ProcessSample) => number) =>
    Math.max(...samples.map((each) => of(each.at(-1) ?? NOTHING))) / MB;
  return [
    one('burst', 'jobs of the burst', 'jobs', run.burstJobs),
    one(
      'burst-rate',
      'burst, from the first add to the last end',
      'jobs/s',
      run.burstJobs / (run.burstMs / 1000),
    ),
    one('added', 'adds that were answered', 'jobs', account.added),
    one('refused', 'adds that were refused', 'jobs', account.refused),
    one('lost', 'lost', 'jobs', account.lost),
    one('doubled', 'doubled', 'jobs', account.doubled + account.reruns),
    one('unfinished', 'left over at the end, or failed', 'jobs', waiting + active + delayed + failed),
    one('connections', 'connections of a process, most', '', run.connectionsMost),
    one('reports', 'errors reported', '', run.reports.length),
    one('watched', 'memory watched for', 'min', watchedMinutes(samples)),
    one(
      'heap',
      'heap after gc at the end, largest',
      'MB',
      end(({ heapBytes }) => heapBytes),
    ),
    one(
      'heap-growth',
      'heap after gc in ten minutes, worst',
      'MB',
      growth(samples, ({ heapBytes }) => heapBytes),
    ),
    one(
      'rss',
      'RSS at the end, largest',
      'MB',
      end(({ rssBytes }) => rssBytes),
    ),
    one(
      'rss-growth',
      'RSS in ten minutes, worst',
      'MB',
      growth(samples, ({ rssBytes }) => rssBytes),
    ),
  ];
}

const NOTHING = { heapBytes: 0, rssBytes: 0 } as ProcessSample;
const TEN_MINUTES_MS = 600_000;
/** Of the samples; what the burst left behind is let go of and the code gets warm in this time. */
const WARM_UP_SHARE = 0.2;

/** Of the process that grows most: the slope of its memory once it is warm, in MB in ten minutes. */
function growth(samples: LoadRun['samples'], of: (sample: ProcessSample) => number): number {
  const slopes = samples.map((each) => {
    const warm = each.slice(Math.floor(each.length * WARM_UP_SHARE));
    return slope(warm.map((sample) => ({ x: sample.atMs / TEN_MINUTES_MS, y: of(sample) / MB })));
  });
  return Math.max(...slopes);
}

function watchedMinutes(samples: LoadRun['samples']): number {
  const [first = []] = samples;
  return ((first.at(-1)?.atMs ?? 0) - (first[0]?.atMs ?? 0)) / 60_000;
}
