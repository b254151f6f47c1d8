/** What one case measured, contender by contender. */
export interface Case {
  /** Stable name for programs, e.g. `idle-billed-per-minute`. */
  readonly name: string;
  /** The same for people. */
  readonly title: string;
  readonly unit: string;
  /** Timings are only worth something when nothing else runs; counts of commands and connections always are. */
  readonly quietMachineOnly: boolean;
  /** One figure per contender id; a contender that was not asked is absent. */
  readonly figures: Readonly<Record<string, number>>;
  /** What each run gave, where the figure is their median. */
  readonly runs?: Readonly<Record<string, readonly number[]>>;
  /**
   * Figures over the baseline's, where the comparison matters: the median of the ratios of runs that were done one
   * right after the other, or, without runs, the ratio of the figures.
   */
  readonly ratios?: Readonly<Record<string, number>>;
}

/** A promise about one figure of ours. */
export interface Limit {
  /** What is limited, e.g. `connections`. */
  readonly name: string;
  readonly unit: string;
  readonly comparison: '<=' | '>=';
  readonly limit: number;
  /** Absent when this run did not measure it. */
  readonly value?: number;
  readonly quietMachineOnly: boolean;
}

export interface Contender {
  readonly id: string;
  readonly title: string;
}

export interface BenchmarkResult {
  readonly contenders: readonly Contender[];
  /** The contender that ratios are taken against; absent where there is nothing to compare. */
  readonly baseline?: string;
  readonly cases: readonly Case[];
  readonly limits: readonly Limit[];
  /** Versions of what was measured, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** How to read the figures; printed under the table. */
  readonly notes: readonly string[];
}

export interface RunOptions {
  /** A smoke run: every part of the machinery once, figures worthless. */
  readonly quick: boolean;
  /** How long to go on, where a benchmark can be told. */
  readonly minutes?: number;
  /** Told what is going on, one line at a time. */
  readonly onProgress: (line: string) => void;
}

export interface Benchmark {
  readonly name: string;
  readonly description: string;
  /** Whether `--minutes` means something to it. */
  readonly takesMinutes?: boolean;
  run(options: RunOptions): Promise<BenchmarkResult>;
}
