export interface LoadSizes {
  /** Of the burst, all processes together. */
  readonly jobsPerQueue: number;
  /** Between two jobs of a queue and process, after the burst. */
  readonly trickleEveryMs: number;
  /** How long the trickle lasts, and memory is watched. */
  readonly trickleMs: number;
  readonly sampleEveryMs: number;
}

export function fullSizes(minutes = 10): LoadSizes {
  return {
    jobsPerQueue: 10_000,
    trickleEveryMs: 500,
    trickleMs: minutes * 60_000,
    sampleEveryMs: 10_000,
  };
}

export const QUICK_SIZES: LoadSizes = {
  jobsPerQueue: 300,
  trickleEveryMs: 200,
  trickleMs: 4_000,
  sampleEveryMs: 1_000,
};
