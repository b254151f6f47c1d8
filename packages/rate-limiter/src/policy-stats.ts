import type { RateLimitResult } from './rate-limit-result.js';
import type { PolicyStats } from './rate-limiter.js';

export interface StatsByPolicy {
  count(result: RateLimitResult): void;
  read(): Record<string, PolicyStats>;
}

export function countByPolicy(names: readonly string[]): StatsByPolicy {
  const stats = new Map(
    names.map((name) => [name, { allowed: 0, limited: 0, unavailable: 0, leased: 0, remembered: 0 }]),
  );
  return {
    count({ policy, outcome, answeredBy }) {
      const ofPolicy = stats.get(policy);
      if (!ofPolicy) return;
      ofPolicy[outcome] += 1;
      if (answeredBy === 'lease') ofPolicy.leased += 1;
      if (answeredBy === 'remembered-rejection') ofPolicy.remembered += 1;
    },
    read: () => Object.fromEntries([...stats].map(([name, ofPolicy]) => [name, { ...ofPolicy }])),
  };
}
