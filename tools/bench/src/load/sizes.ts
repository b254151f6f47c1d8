export interface LoadSizes {
  /** Of the burst, all processes together. */
  readonly jobsPerQueue: number;
  /** Between two jobs of a queue and process, after the burst. */
  readonly trickleEveryMs: number;
  /** Of everything, from the first add on. */
  readonly durationMs: number;
  readonly sampleEveryMs: number;
}

export function fullSizes(minutes = 10): LoadSizes {
  return {
    jobsPerQueue: 10_000,
    trickleEveryMs: 500,
    durationMs: minutes * 60_000,
    sampleEveryMs: 10_000,
  };
}

export const QUICK_SIZES: LoadSizes = {
  jobsPerQueue: 300,
  trickleEveryMs: 200,
  durationMs: 8_000,
  sampleEveryMs: 1_000,
};
