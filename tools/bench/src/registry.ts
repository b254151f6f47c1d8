import type { Benchmark } from './benchmark.js';
import { httpBenchmark } from './http/http-benchmark.js';
import { loadBenchmark } from './load/load-benchmark.js';
import { outagesBenchmark } from './outages/outages-benchmark.js';
import { queuesBenchmark } from './queues/queues-benchmark.js';

/** Every benchmark there is. A new one is one file that exports a {@link Benchmark} and one line here. */
export const benchmarks: readonly Benchmark[] = [
  queuesBenchmark,
  outagesBenchmark,
  loadBenchmark,
  httpBenchmark,
];
