import type { Case, Limit } from '../benchmark.js';
import type { ContenderId } from './contender.js';

const OURS: ContenderId = 'ours';

/** What is promised of the shared connections, filled in from the cases of a run. */
export function limitsOf(cases: readonly Case[]): Limit[] {
  const figure = (name: string) => cases.find((one) => one.name === name)?.figures[OURS];
  const ratio = (name: string) => cases.find((one) => one.name === name)?.ratios?.[OURS];
  const counted = { quietMachineOnly: false };
  const timed = { quietMachineOnly: true };
  const atMost = (limit: number) => ({ comparison: '<=' as const, limit });
  const atLeast = (limit: number) => ({ comparison: '>=' as const, limit });
  const ofStock = '× BullMQ';
  return [
    { name: 'connections', unit: '', ...atMost(2), value: figure('connections'), ...counted },
    {
      name: 'connections with queue-wide events',
      unit: '',
      ...atMost(3),
      value: figure('connections-with-events'),
      ...counted,
    },
    {
      name: 'idle, billed a minute',
      unit: 'commands',
      ...atMost(3),
      value: figure('idle-billed-per-minute'),
      ...counted,
    },
    {
      name: 'sparse job, instant handler',
      unit: 'billed',
      ...atMost(48),
      value: figure('sparse-billed'),
      ...counted,
    },
    {
      name: 'sparse job, 50 ms handler',
      unit: 'billed',
      ...atMost(52),
      value: figure('sparse-50ms-billed'),
      ...counted,
    },
    { name: 'job in a burst', unit: 'billed', ...atMost(33.5), value: figure('burst-billed'), ...counted },
    {
      name: 'jobs/s, concurrency 1',
      unit: ofStock,
      ...atLeast(0.95),
      value: ratio('jobs-per-second-1'),
      ...timed,
    },
    {
      name: 'jobs/s, concurrency 10',
      unit: ofStock,
      ...atLeast(0.95),
      value: ratio('jobs-per-second-10'),
      ...timed,
    },
    {
      name: 'sparse latency p95',
      unit: ofStock,
      ...atMost(1.2),
      value: ratio('sparse-latency-p95'),
      ...timed,
    },
    { name: 'delayed job late, p95', unit: 'ms', ...atMost(50), value: figure('delayed-p95'), ...timed },
    { name: 'delayed job late, least', unit: 'ms', ...atLeast(0), value: figure('delayed-min'), ...counted },
    {
      name: 'marker lost, job runs elsewhere',
      unit: 's',
      ...atMost(60),
      value: figure('marker-lost'),
      ...counted,
    },
    {
      name: 'timer lost, job runs elsewhere',
      unit: 's',
      ...atMost(60),
      value: figure('timer-lost'),
      ...counted,
    },
  ];
}
