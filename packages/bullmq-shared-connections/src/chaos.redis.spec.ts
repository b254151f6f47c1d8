import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Queue, Worker } from 'bullmq';
import { eventually } from '../spec-support/eventually.js';
import { RedisLab } from '../spec-support/redis-lab.js';
import type { SharedConnections } from './index.js';

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const CHAOS_MS = 6_000;

/** Numbers that look random and are the same for the same seed (mulberry32). */
function createDice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * sides);
  };
}

/**
 * The recovery is left out: what is found here must have been found by markers and timers alone. Two
 * processes, as far as Redis can tell, and stock workers beside them; workers come, go and pause, queues
 * pause and are throttled, the waits' connections are cut.
 */
describe('in any order of events', () => {
  let lab: RedisLab;
  beforeAll(async () => {
    lab = await RedisLab.start();
  });
  afterEach(() => lab.clear());
  afterAll(() => lab.stop());

  it.each([20251, 7, 99])('every job runs, once and soon (seed %i)', async (seed) => {
    const roll = createDice(seed);
    const processes = [0, 1].map(() => lab.share({ recoveryIntervalMs: 60_000 }));
    const runs = new Map<string, number>();
    const run = async (job: Job<{ key: string; busyMs: number }>) => {
      if (job.data.busyMs > 0) await sleep(job.data.busyMs);
      runs.set(job.data.key, (runs.get(job.data.key) ?? 0) + 1);
    };
    const open = (shared: SharedConnections, name: string) => {
      const worker = new shared.Worker(name, run, { concurrency: 1 + roll(3), skipStalledCheck: true });
      return lab.closeLater(worker.on('error', () => undefined));
    };
    const staying = processes.flatMap((shared) => NAMES.map((name) => open(shared, name)));
    const passing: Worker[] = [];
    for (const name of NAMES.slice(0, 2)) lab.stockWorker(name, run, { drainDelay: 60 });
    const queues = NAMES.map((name, index) => lab.closeLater(new processes[index % 2]!.Queue(name)));
    const any = <T>(items: readonly T[]): T => items[roll(items.length)]!;

    const added = new Set<string>();
    const endMs = performance.now() + CHAOS_MS;
    const produce = async () => {
      const job = () => {
        const key = String(added.size);
        added.add(key);
        return { name: 'job', data: { key, busyMs: roll(4) ? 0 : roll(30) } };
      };
      while (performance.now() < endMs) {
        const queue = any(queues);
        const one = job();
        const kind = roll(10);
        if (kind < 5) await queue.add(one.name, one.data);
        else if (kind < 7) await queue.add(one.name, one.data, { delay: roll(400) });
        else if (kind < 8) await queue.add(one.name, one.data, { priority: 1 + roll(5) });
        else await queue.addBulk([one, ...Array.from({ length: roll(6) }, job)]);
        await sleep(roll(3) ? roll(8) : roll(60));
      }
    };
    const disturb = async () => {
      const disturbances: (() => Promise<unknown>)[] = [
        async () => passing.push(open(any(processes), any(NAMES))),
        async () => passing.shift()?.close(),
        () => pauseFor(any(staying)),
        () => pauseFor(any(queues)),
        () => throttleFor(any(queues)),
        () => cutAWait(lab, roll),
      ];
      while (performance.now() < endMs) {
        await any(disturbances)();
        await sleep(roll(40));
      }
    };
    const pauseFor = async (target: Worker | Queue) => {
      await target.pause();
      await sleep(roll(80));
      await target.resume();
    };
    const throttleFor = async (queue: Queue) => {
      await queue.setGlobalConcurrency(1);
      await sleep(roll(80));
      await queue.removeGlobalConcurrency();
    };

    await Promise.all([produce(), disturb()]);
    await eventually('all ran', () => runs.size === added.size, 5_000);
    expect([...runs.values()].filter((count) => count !== 1)).toEqual([]);
  });
});

async function cutAWait(lab: RedisLab, roll: (sides: number) => number): Promise<void> {
  const list = (await lab.admin.client('LIST')) as string;
  const waits = list.split('\n').filter((line) => line.includes('name=bullmq-shared-wait'));
  const id = /id=(\d+)/.exec(waits[roll(waits.length)] ?? '')?.[1];
  if (id) await lab.admin.client('KILL', 'ID', id).catch(() => undefined);
}
